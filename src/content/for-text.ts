/** A tab or what comes after it, up to the last that is seen: all of ASCII that stands in a page. */
const ASCII = /^[\t-~]*$/;
export const isAscii = (text: string): boolean => ASCII.test(text);

/**
 * The same pattern, made when it is needed. To prepare Unicode's classes of letters takes a browser longer than to read a
 * page, and most texts have no letter that needs them.
 */
export function forText(source: string, flags = ''): (text: string) => RegExp {
  let simple: RegExp | undefined;
  let whole: RegExp | undefined;
  return (text) => {
    if (isAscii(text)) {
      simple ??= new RegExp(source.replaceAll('\\p{L}', 'A-Za-z').replaceAll('\\p{N}', '0-9'), flags);
      return simple;
    }
    whole ??= new RegExp(source, `${flags}u`);
    return whole;
  };
}
