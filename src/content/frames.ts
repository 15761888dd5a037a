/** A frame of the same origin is read from the page around it, so that there is one card and not two. */
export function readByParent(frame: Window): boolean {
  if (frame.parent === frame) return false;
  try {
    return frame.parent.document !== null;
  } catch {
    return false;
  }
}
