// Where one writes: Enter sends, Shift+Enter breaks the line, Stop while an answer runs.

const TALLEST = 220; // pixels; then it scrolls

/** The form at the bottom. ``send`` is called with what was written, ``stop`` without anything. */
export class Composer {
  constructor(form, { send, stop }) {
    this.box = form.querySelector("textarea");
    this.sendButton = form.querySelector("[data-test=send]");
    this.stopButton = form.querySelector("[data-test=stop]");
    this.send = send;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("keydown", (event) => {
      // While characters are being composed (Chinese, Japanese) Enter belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.box.addEventListener("input", () => this.#fit());
    this.stopButton.addEventListener("click", () => {
      this.stopButton.disabled = true; // one stop is enough
      stop();
    });
    this.busy = false;
  }

  /** While an answer runs one can write on, but not send. */
  set busy(running) {
    const hadFocus = this.stopButton.contains(document.activeElement);
    this.running = running;
    this.sendButton.hidden = running;
    this.stopButton.hidden = !running;
    this.stopButton.disabled = false;
    this.#fit();
    if (hadFocus && !running) this.box.focus();
  }

  /** Say what to write here, and how much of it there may be. */
  invite(words, longest) {
    this.box.placeholder = words;
    this.box.maxLength = longest; // what is there already stays
  }

  /** Put words into the box; the person may still change them. */
  suggest(text) {
    this.box.value = text;
    this.#fit();
    this.box.focus();
  }

  #submit() {
    const text = this.box.value.trim();
    if (!text || this.running) return;
    this.box.value = "";
    this.#fit();
    this.send(text);
  }

  #fit() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, TALLEST)}px`;
    this.sendButton.disabled = this.running || !this.box.value.trim();
  }
}
