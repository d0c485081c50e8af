/** A browser module as text; see registry/browserScript.ts. */
declare module 'script:*' {
  const code: string;
  export default code;
}
