// What every page does: no form is sent twice by an impatient finger, and govuk-frontend's behaviours are
// fetched only by a page that has something for them to do.
const PATIENCE = 3000; // milliseconds; a form may be sent again after Back

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - Number(form.dataset.sentAt ?? 0) < PATIENCE) {
    event.preventDefault();
    return;
  }
  form.dataset.sentAt = Date.now();
});

// A button needs them only to prevent that second click.
if (document.querySelector("[data-module^='govuk-']:not([data-module='govuk-button'])")) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const address = document.querySelector("script[data-govuk]").dataset.govuk;
  import(address).then((govuk) => govuk.initAll());
}
