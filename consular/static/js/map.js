// The map of the same offices as the list: drawn from the list's own elements over the still map, after
// everything else. Whatever fails, the still map and the list stay.
const PADDING = [36, 36];
const CITY_ZOOM = 8; // from here on a tap means a street or an office, no longer a region

const loaded = new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else addEventListener("load", resolve, { once: true });
});

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function add(element, attributes) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement(element), attributes);
    made.addEventListener("load", resolve, { once: true });
    made.addEventListener("error", reject, { once: true });
    document.head.append(made);
  });
}

function seen(frame) {
  return new Promise((resolve) => {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      resolve();
    }, { rootMargin: "200px" });
    watcher.observe(frame);
  });
}

function places(selector) {
  const found = [...document.querySelectorAll(`${selector}[data-lat], ${selector} [data-lat]`)];
  return found.map((element) => ({
    element,
    link: element.querySelector("a[href]"),
    at: [Number(element.dataset.lat), Number(element.dataset.lon)],
    ...element.dataset,
  }));
}

// A pin is a link of its own: to its row of the list, or to its office where the list has no numbers.
function pinOf(place) {
  const pin = document.createElement(place.link ? "a" : "span");
  const dot = document.createElement("span");
  const kinds = ["pin", `pin--${place.status}`];
  if (place.number) kinds.push("pin--number");
  if ("minor" in place) kinds.push("pin--minor");
  pin.className = kinds.join(" ");
  dot.className = "pin__dot";
  dot.textContent = place.number ?? "";
  pin.append(dot);
  if (!place.number) pin.append(nameOf(place));
  if (!place.link) return pin;
  pin.setAttribute("aria-label", [place.number && `${place.number}.`, place.name, place.tag].filter(Boolean).join(" "));
  if (place.number) place.element.id ||= `row-${place.number}`;
  pin.href = place.number ? `#${place.element.id}` : place.link.href;
  return pin;
}

function nameOf(place) {
  const name = document.createElement("span");
  name.className = "pin__name";
  name.textContent = place.name;
  if (place.tag) {
    const tag = document.createElement("span");
    tag.className = "pin__tag";
    tag.textContent = place.tag;
    name.append(tag);
  }
  return name;
}

function originPin(name) {
  const pin = document.createElement("span");
  const dot = document.createElement("span");
  pin.className = "pin pin--origin";
  dot.className = "pin__dot";
  pin.append(dot, nameOf({ name }));
  return pin;
}

// A name that would lie on another one, or under the buttons, moves to the left of its point, or waits for a
// closer look; so do those of the minor offices of a city until the city itself is near.
function unclutter(holder, zoom) {
  const pins = [...holder.querySelectorAll(".pin")].map((pin) => ({
    pin, name: pin.querySelector(".pin__name"), own: pin.querySelector(".pin__dot").getBoundingClientRect(),
  }));
  const controls = [...holder.querySelectorAll(".leaflet-control")].map((each) => each.getBoundingClientRect());
  const taken = [...pins.map(({ own }) => own), ...controls];
  const frame = holder.getBoundingClientRect();
  const free = (box, own) =>
    box.left >= frame.left && box.right <= frame.right &&
    taken.every((other) => other === own || box.right < other.left || other.right < box.left ||
      box.bottom < other.top || other.bottom < box.top);
  const rank = ({ pin }) => (pin.matches(".pin--origin") ? 0 : pin.matches(".pin--minor") ? 2 : 1);
  for (const each of pins.filter(({ name }) => name).sort((one, other) => rank(one) - rank(other))) {
    const { name, own } = each;
    name.hidden = false;
    const fits = (zoom >= CITY_ZOOM || rank(each) < 2) && [false, true].some((left) => {
      name.classList.toggle("pin__name--left", left);
      return free(name.getBoundingClientRect(), own);
    });
    if (fits) taken.push(name.getBoundingClientRect());
    name.hidden = !fits;
  }
}

// Row and point light up together, whichever is under the finger or has the keyboard.
function tie(place, marker, map) {
  const { element, link } = place;
  const pin = marker.getElement().firstElementChild;
  const light = (on) => {
    element.classList.toggle("row--lit", on);
    pin.classList.toggle("pin--lit", on);
    marker.setZIndexOffset(on ? 1000 : place.number ? 500 - place.number : 0);
  };
  const show = () => map.panInside(place.at, { padding: PADDING, animate: !calm() });
  for (const part of [element, pin]) {
    for (const [starts, ends] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]]) {
      part.addEventListener(starts, () => {
        light(true);
        if (starts === "focusin" || (part === element && place.number)) show();
      });
      part.addEventListener(ends, () => light(false));
    }
  }
  if (!place.number || !link) return;
  pin.addEventListener("click", (event) => {
    event.preventDefault();
    element.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    link.focus({ preventScroll: true });
  });
}

function frame(holder, map, all, origin, country) {
  const { fit } = holder.dataset;
  if (fit === "one") return map.setView(all[0].at, 7);
  if (fit === "country" && country) return map.fitBounds(country);
  const near = origin ? all.slice(0, 4) : all;
  const points = near.map((place) => place.at).concat(origin ? [origin] : []);
  // At the right below are the buttons.
  return map.fitBounds(points, { paddingTopLeft: PADDING, paddingBottomRight: [84, 36], maxZoom: 9 });
}

// The still map's regions become the ground of this one. The keyboard chooses a region in the list below it.
function ground(L, map, atlas, country) {
  const still = atlas.querySelector(".sketch");
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", still.getAttribute("viewBox"));
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  drawing.append(still.querySelector(".ground").cloneNode(true));
  for (const link of drawing.querySelectorAll("a")) link.setAttribute("tabindex", "-1");
  map.createPane("ground").style.zIndex = 150; // under street tiles: where one fails, the outline shows
  L.svgOverlay(drawing, country, { pane: "ground" }).addTo(map);
}

function regions(atlas) {
  const asked = document.querySelector("form.search");
  const shapes = (code) => atlas.querySelectorAll(`.ground a[data-region="${code}"]`);
  atlas.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-region]");
    const service = asked?.elements.service?.value;
    if (!link || !service) return;
    // What was chosen in the form, though not yet sent, is asked there too.
    const address = new URL(link.getAttribute("href"), location.href);
    address.searchParams.set("service", service);
    link.setAttribute("href", address.pathname + address.search);
  });
  for (const link of atlas.querySelectorAll(".regions a")) {
    const light = (on) => shapes(link.dataset.region).forEach((each) => each.classList.toggle("lit", on));
    for (const starts of ["mouseenter", "focus"]) link.addEventListener(starts, () => light(true));
    for (const ends of ["mouseleave", "blur"]) link.addEventListener(ends, () => light(false));
  }
}

// One finger scrolls the page past the map and two move the map; a mouse drags it. What ends a drag is no click.
function gentle(holder, map) {
  let from = null;
  holder.addEventListener("pointerdown", (event) => {
    from = [event.clientX, event.clientY];
    map.dragging[event.pointerType === "mouse" ? "enable" : "disable"]();
  }, true);
  holder.addEventListener("click", (event) => {
    if (!event.detail || !from || Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 6) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}

function streets(L, map, { tiles, tilesCredit }) {
  const credit = document.createElement("span");
  credit.textContent = tilesCredit;
  L.tileLayer(tiles, { attribution: credit.innerHTML, maxZoom: 17, minZoom: 4 }).addTo(map);
}

async function draw(holder) {
  const { leaflet, leafletStyle, tiles, bounds } = holder.dataset;
  const atlas = holder.closest(".atlas");
  regions(atlas);
  await loaded;
  await seen(holder.parentElement);
  await Promise.all([add("script", { src: leaflet }), add("link", { rel: "stylesheet", href: leafletStyle })]);
  const { L } = globalThis;
  const all = places(holder.dataset.from);
  const origin = holder.dataset.origin?.split(",").map(Number);
  const [south, west, north, east] = bounds?.split(",").map(Number) ?? [];
  const country = bounds && [[south, west], [north, east]];
  holder.hidden = false;
  const map = L.map(holder, {
    zoomControl: false, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 4, maxZoom: tiles ? 17 : 11,
    fadeAnimation: !calm(), zoomAnimation: !calm(), markerZoomAnimation: !calm(), inertia: !calm(),
    maxBounds: country && L.latLngBounds(country).pad(1),
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({
    position: "bottomright", zoomInTitle: holder.dataset.zoomIn, zoomOutTitle: holder.dataset.zoomOut,
  }).addTo(map);
  gentle(holder, map);
  frame(holder, map, all, origin, country);
  if (country) ground(L, map, atlas, country);
  if (tiles) streets(L, map, holder.dataset);

  const icon = (html) => L.divIcon({ className: "", html, iconSize: [44, 44] });
  const put = (at, html, zIndexOffset) =>
    L.marker(at, { icon: icon(html), keyboard: false, riseOnHover: true, zIndexOffset }).addTo(map);
  if (origin) put(origin, originPin(holder.dataset.originName), 0);
  for (const place of all) tie(place, put(place.at, pinOf(place), place.number ? 500 - place.number : 0), map);

  const settle = () => {
    holder.classList.toggle("map--near", map.getZoom() >= CITY_ZOOM);
    unclutter(holder, map.getZoom());
  };
  map.on("zoomend", settle);
  atlas.classList.add("atlas--live");
  settle();
}

for (const holder of document.querySelectorAll("[data-map]")) {
  draw(holder).catch(() => {
    holder.hidden = true;
    holder.closest(".atlas").classList.remove("atlas--live");
  });
}
