// The desk's keyboard, and a list that narrows while somebody types. Everything works without it.
const search = document.querySelector("[data-search]");
const board = document.querySelector("[data-board]");
const people = board ? [...board.querySelectorAll("[data-person]")] : [];
const help = document.querySelector("[data-keys]");
const STORED = "desk-single-keys";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const shown = () => people.filter((person) => !person.hidden);
const firstButton = (person) => person.querySelector("button") || person;

// Search: words in any order; Enter on the only match goes to its button, else the server looks.
if (search && people.length) {
  const texts = new Map(people.map((person) => [person, plain(person.textContent)]));
  const narrow = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    for (const person of people) {
      person.hidden = !words.every((word) => texts.get(person).includes(word));
    }
  };
  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      narrow();
    }
  });
  search.form.addEventListener("submit", (event) => {
    const matches = shown();
    if (search.value.trim() && matches.length === 1) {
      event.preventDefault();
      firstButton(matches[0]).focus();
    }
  });
}

// The line that was just changed takes the focus, so that the next key works on it.
people.find((person) => `#${person.id}` === location.hash)?.focus();

// A search on the server that found one person leaves the focus on their button: scan, Enter.
if (search && search.value && people.length === 1) firstButton(people[0]).focus();

function step(from, by) {
  const list = shown();
  if (!list.length) return;
  const at = list.indexOf(from);
  const to = at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1);
  firstButton(list[to]).focus();
}

function press(key) {
  const person = document.activeElement.closest("[data-person]");
  if (key === "/") search?.focus();
  else if (key === "j" || key === "k") step(person, key === "j" ? 1 : -1);
  else {
    const button = (person && person.querySelector(`[data-key="${key}"]`)) || board.querySelector(`.group__head [data-key="${key}"]`);
    if (!button) return false;
    button.click();
  }
  return true;
}

// Single keys can be turned off (WCAG 2.1.4): speech control types letters without meaning to.
if (board && help) {
  const on = help.querySelector("[data-keys-on]");
  help.hidden = false;
  on.checked = localStorage.getItem(STORED) !== "off";
  const showHints = () => document.querySelectorAll("[data-hint]").forEach((hint) => (hint.hidden = !on.checked));
  showHints();
  on.addEventListener("change", () => {
    localStorage.setItem(STORED, on.checked ? "on" : "off");
    showHints();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (!on.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (press(event.key.toLowerCase())) event.preventDefault();
  });
}
