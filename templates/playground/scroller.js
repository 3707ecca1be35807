// The part of the page that scrolls: who reads at its end stays there, others are left in peace.

const NEAR = 120; // pixels from the end

/** Follows what is added at the end of an element. */
export class Scroller {
  constructor(element) {
    this.element = element;
  }

  /** Go to the end. */
  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  /** Change what is shown, and stay at its end if we were there. */
  following(change) {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    const near = scrollHeight - scrollTop - clientHeight < NEAR;
    change();
    if (near) this.toEnd();
  }
}
