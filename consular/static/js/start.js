// What every page does: no form is sent twice by an impatient finger, and govuk-frontend's error summary is
// fetched only by a page that has one. Its other parts that we draw need no script.
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

const summary = document.querySelector("[data-module='govuk-error-summary']");
if (summary) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const address = document.querySelector("script[data-error-summary]").dataset.errorSummary;
  import(address).then(({ ErrorSummary }) => new ErrorSummary(summary));
}

// Printing is the browser's own business; a button is offered where scripts can open it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
