/** The releases of Debian of which a root directory can be made. */
export type Release = 'bullseye' | 'bookworm' | 'trixie';

/** How to make an image of Debian packages. */
export type Recipe =
  /** A minimal Debian, and packages in it. */
  | { readonly root: Release; readonly packages?: readonly string[] }
  /** By the Dockerfile of this name in test/support/images/stand-ins. */
  | { readonly file: string };
