// Scrolling over more than a browser can: elements end at some ten million pixels, a million wrapped lines do not.
// Small steps move the content by what was scrolled; long ones (the bar was dragged) jump to that part of the whole.
const TALLEST = 8_000_000;

export class ScrollMap {
  private offset = 0; // of the content at scrollTop 0
  private last = 0; // scrollTop
  private full = 0; // pixels of the content
  private seen = 0; // pixels of the window

  // The height to give the element that is scrolled.
  get height() {
    return Math.min(this.full, TALLEST);
  }
  // Pixels of content above the window.
  get position() {
    return Math.max(0, Math.min(this.last + this.offset, this.full - this.seen));
  }
  // Where content that begins at `position` stands inside the element.
  place(position: number) {
    return position - this.offset;
  }

  resize(full: number, seen: number) {
    const position = this.position;
    this.full = full;
    this.seen = seen;
    if (full <= TALLEST) this.offset = 0;
    else this.offset = position - this.last;
  }

  // The user scrolled to `top`. When it answers a number, set scrollTop to that.
  scrolled(top: number): number | undefined {
    const moved = top - this.last;
    this.last = top;
    if (this.full <= TALLEST) return undefined;
    const most = this.height - this.seen;
    if (Math.abs(moved) > this.seen * 3) {
      this.offset = Math.round((top / most) * (this.full - this.seen)) - top;
      return undefined;
    }
    // At an end of the bar, but not of the content, or the other way round: take the bar to where it belongs.
    const position = this.last + this.offset;
    const atEnd = top <= 0 || top >= most || position <= 0 || position >= this.full - this.seen;
    return atEnd ? this.goTo(position) : undefined;
  }

  // Moves the content to `position`; answers the scrollTop to set.
  goTo(position: number): number {
    const wanted = Math.max(0, Math.min(position, this.full - this.seen));
    if (this.full <= TALLEST) {
      this.offset = 0;
      this.last = wanted;
    } else {
      const most = this.height - this.seen;
      const margin = this.seen * 4; // near both ends the bar goes with the content, so that they are reached together
      const share = Math.round((wanted / (this.full - this.seen)) * most);
      this.last = Math.min(Math.max(share, Math.min(wanted, margin)), most - Math.min(this.full - this.seen - wanted, margin));
      this.offset = wanted - this.last;
    }
    return this.last;
  }
}
