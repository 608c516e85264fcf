// Passing an office on: the phone's own sheet, or the address on the clipboard. Nothing goes to anybody else.
for (const box of document.querySelectorAll("[data-share]")) {
  const address = box.querySelector(".share__address").textContent;
  const says = box.querySelector("[data-share-says]");
  const send = box.querySelector("[data-share-send]");
  const copy = box.querySelector("[data-share-copy]");

  send.hidden = !navigator.share;
  copy.hidden = Boolean(navigator.share) || !navigator.clipboard;
  // A sheet that is closed without choosing is no error.
  send.addEventListener("click", () => navigator.share({ title: document.title, url: address }).catch(() => {}));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address);
    says.textContent = box.dataset.copied;
  });
}
