// The Chromium is found or fetched by scripts/find-chromium.ts, so an install needs nothing but the npm registry.
module.exports = { skipDownload: true };
