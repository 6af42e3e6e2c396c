// Numbers in a typed array that grows: a million of them take four megabytes and no garbage.
type Typed = Uint8Array | Uint16Array | Uint32Array | Float64Array;

export class Column<T extends Typed = Uint32Array> {
  length = 0;
  private values: T;
  constructor(private readonly make: new (size: number) => T) {
    this.values = new make(1024);
  }

  push(value: number) {
    if (this.length === this.values.length) {
      const wider = new this.make(this.values.length * 2);
      wider.set(this.values as never);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  clear() {
    this.length = 0;
  }

  // The last index whose value is not above `wanted`, in ascending values; -1 when there is none.
  lastUpTo(wanted: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.values[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
