/** The build of the content script reads style sheets as text: they go into the card's shadow root. */
declare module '*.css' {
  const text: string;
  export default text;
}
