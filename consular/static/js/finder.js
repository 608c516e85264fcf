// «Use my position»: the browser rounds it to two decimals (about a kilometre) before anything is sent.
const button = document.querySelector("[data-here]");

if (button && "geolocation" in navigator) {
  const form = button.form;
  const says = form.querySelector("[data-here-says]");
  const rounded = (degrees) => (Math.round(degrees * 100) / 100).toFixed(2);

  button.hidden = false;
  button.addEventListener("click", () => {
    says.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.near.value = `${rounded(coords.latitude)},${rounded(coords.longitude)}`;
        says.textContent = "";
        form.requestSubmit();
      },
      ({ code, PERMISSION_DENIED }) => {
        says.textContent = code === PERMISSION_DENIED ? button.dataset.refused : button.dataset.late;
        form.elements.near.focus();
      },
      { enableHighAccuracy: false, timeout: 15000, maximumAge: 600000 },
    );
  });
}
