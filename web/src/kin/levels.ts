export interface Levels {
  /// 0 to 1
  input: number;
  output: number;
}

const silence: Levels = { input: 0, output: 0 };

/// How loud it is right now. Many times a second, so apart from what the rest of a page is drawn from.
export class LevelFeed {
  #levels = silence;
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  read = (): Levels => this.#levels;

  set(levels: Partial<Levels>): void {
    this.#levels = { ...this.#levels, ...levels };
    for (const notify of this.#listeners) notify();
  }
  silence(): void {
    this.set(silence);
  }
}
