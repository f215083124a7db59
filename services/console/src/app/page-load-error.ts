/** The API may hang: a click has to come to something. A slow line is no hang, and begun anew the download takes longer. */
const PATIENCE_MS = 60_000;

/** The code of a page did not come: Posthorn is away, or was upgraded and has it under another name. */
export class PageLoadError extends Error {
  constructor(cause: unknown) {
    super("The code of this page did not come", { cause });
    this.name = "PageLoadError";
  }
}

/** Loads the chunk of a page. */
export async function loadChunk<Chunk>(load: () => Promise<Chunk>): Promise<Chunk> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("It did not come in time")), PATIENCE_MS);
    });
    return await Promise.race([load(), late]);
  } catch (error) {
    throw new PageLoadError(error);
  } finally {
    clearTimeout(timer);
  }
}
