// Places while somebody types: an editable combobox with a list (WAI-ARIA APG) over the plain field `near`.
// Without this script, or when its requests are slow or fail, the field stays the plain field that it is.
const PAUSE = 180; // milliseconds after the last letter
const PATIENCE = 4000;
const SHORTEST = 2;

class Combobox {
  constructor(input) {
    this.input = input;
    this.words = input.dataset;
    this.known = new Map();
    this.options = [];
    this.active = -1;
    this.list = document.createElement("ul");
    this.list.className = "places";
    this.list.id = `${input.id}-places`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.words.placesName);
    this.says = document.createElement("p");
    this.says.className = "places__says";
    this.says.setAttribute("role", "status");
    input.after(this.list, this.says);
    input.parentElement.classList.add("places__field");
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off", // the browser's own list would lie over ours
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) {
      input.setAttribute(name, value);
    }
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.close());
    // The field keeps the keyboard (and a phone its letters) while a finger is on the list.
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.held = true;
    });
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => this.letGo());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(this.options.indexOf(option));
    });
  }

  get text() {
    return this.input.value.trim().replace(/\s+/g, " ");
  }

  typed() {
    this.stopAsking();
    const text = this.text;
    // A position (-9.53,-77.53) has no name to complete.
    if (text.length < SHORTEST || /^[-+]?\d+[.,]/.test(text)) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  async ask(text) {
    const places = this.known.get(text) ?? (await this.fetched(text));
    if (!places || text !== this.text || document.activeElement !== this.input) return;
    this.known.set(text, places);
    // A list that changes under a finger would lose the tap.
    if (this.held) this.late = places;
    else this.show(places);
  }

  // After the click, which follows the finger: what came meanwhile is shown, unless the click chose.
  letGo() {
    if (!this.held) return;
    setTimeout(() => {
      this.held = false;
      const places = this.late;
      this.late = null;
      if (places && !this.list.hidden) this.show(places);
    });
  }

  async fetched(text) {
    const asking = new AbortController();
    this.asking = asking;
    const limit = setTimeout(() => asking.abort(), PATIENCE);
    try {
      const address = `${this.words.places}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: asking.signal, credentials: "omit" });
      return answer.ok ? (await answer.json()).places : null;
    } catch {
      // Too slow or no network: the field works without a list. What was stopped for another letter closes nothing.
      if (this.asking === asking && !this.held) this.close();
      return null;
    } finally {
      clearTimeout(limit);
    }
  }

  show(places) {
    this.options = places.map((place, number) => this.option(place, number));
    this.list.replaceChildren(...this.options);
    this.list.scrollTop = 0;
    this.mark(-1);
    this.open(places.length > 0);
    this.bringUp();
    this.says.classList.toggle("places__says--shown", places.length === 0);
    const count = places.length === 1 ? this.words.placesOne : this.words.placesMany;
    this.says.textContent = places.length ? count.replace("#", places.length) : this.words.placesNone;
  }

  // A phone's keyboard covers the lower half: the field goes up when less than three places would show.
  bringUp() {
    const bottom = window.visualViewport?.height ?? window.innerHeight;
    if (!this.list.hidden && bottom - this.list.getBoundingClientRect().top < 150) {
      this.input.parentElement.scrollIntoView({ block: "start" });
    }
  }

  option({ label, detail }, number) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.label = label;
    option.append(label);
    if (detail) {
      const more = document.createElement("span");
      more.className = "places__detail";
      more.textContent = detail;
      option.append(" ", more);
    }
    return option;
  }

  pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const shown = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.altKey && event.key === "ArrowUp") this.close();
      else if (!shown) this.reopen();
      else this.move(event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Escape" && (shown || this.says.textContent)) {
      this.close();
      event.preventDefault();
    } else if (event.key === "Enter" && shown && this.active >= 0) {
      this.choose(this.active);
      event.preventDefault(); // the next Enter searches
    } else if (event.key === "Tab" && shown && this.active >= 0) {
      this.choose(this.active);
    }
  }

  reopen() {
    if (this.text.length >= SHORTEST) this.ask(this.text);
  }

  // From the field itself (-1) to the first option, and from the last one back to the field.
  move(step) {
    const turns = this.options.length + 1;
    this.mark(((this.active + 1 + step + turns) % turns) - 1);
  }

  mark(number) {
    this.active = number;
    this.options.forEach((option, each) => option.setAttribute("aria-selected", String(each === number)));
    if (number < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", this.options[number].id);
    this.options[number].scrollIntoView({ block: "nearest" });
  }

  choose(number) {
    this.input.value = this.options[number].dataset.label;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  open(shown) {
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
  }

  stopAsking() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  close() {
    this.stopAsking();
    this.mark(-1);
    this.open(false);
    this.says.textContent = "";
    this.says.classList.remove("places__says--shown");
  }
}

for (const input of document.querySelectorAll("input[data-places]")) new Combobox(input);
