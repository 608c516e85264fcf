// Starts govuk-frontend's behaviours, and only on a page that has something for them to do.
const needed = "[data-module^='govuk-']";

if (document.querySelector(needed)) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const address = document.querySelector("script[data-govuk]").dataset.govuk;
  import(address).then((govuk) => govuk.initAll());
}
