// Small helps for booking; every page works without them.

// A second click does not send the form again while the first one is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000); // the network may have lost it
});

// Back shows the page as it was left, its forms ready to be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// What only some answers need (a passport's country, who is told) is shown only with those answers.
const parts = document.querySelectorAll("[data-only-for]");
const showNeeded = () => {
  for (const part of parts) {
    const chosen = document.querySelector(`input[name='${part.dataset.onlyFor}']:checked`)?.value;
    part.hidden = !part.dataset.values.split(" ").includes(chosen);
  }
};
document.addEventListener("change", showNeeded);
window.addEventListener("pageshow", showNeeded); // Back restores the answers after the page was built
showNeeded();

// When the time is no longer kept, the page says so by itself, once.
for (const line of document.querySelectorAll("[data-until]")) {
  const left = Date.parse(line.dataset.until) - Date.now();
  if (left > 0 && left < 2 ** 31) {
    setTimeout(() => {
      line.setAttribute("role", "status");
      line.textContent = line.dataset.over;
    }, left);
  }
}
