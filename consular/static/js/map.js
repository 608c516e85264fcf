// The map of the same offices as the list: drawn from the list's own elements, after everything else.
const COLOURS = { land: "#ffffff", abroad: "#ece3d2", line: "#cfc5b4", origin: "#0b5a6f" };
const PERU = [
  [-18.4, -81.4],
  [0.1, -68.6],
];

const loaded = new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else addEventListener("load", resolve, { once: true });
});

function add(element, attributes) {
  return new Promise((resolve, reject) => {
    const made = Object.assign(document.createElement(element), attributes);
    made.addEventListener("load", resolve, { once: true });
    made.addEventListener("error", reject, { once: true });
    document.head.append(made);
  });
}

function seen(holder) {
  return new Promise((resolve) => {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      resolve();
    }, { rootMargin: "200px" });
    watcher.observe(holder);
  });
}

function places(selector) {
  const found = [...document.querySelectorAll(`${selector}[data-lat], ${selector} [data-lat]`)];
  return found.map((element) => ({
    element,
    at: [Number(element.dataset.lat), Number(element.dataset.lon)],
    ...element.dataset,
  }));
}

function pinOf(place) {
  const pin = document.createElement("span");
  const dot = document.createElement("span");
  const kinds = ["pin", `pin--${place.status}`];
  if (place.number) kinds.push("pin--number");
  if ("minor" in place) kinds.push("pin--minor");
  pin.className = kinds.join(" ");
  dot.className = "pin__dot";
  dot.textContent = place.number ?? "";
  pin.append(dot);
  if (!place.number) pin.append(nameOf(place));
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

// A name that would lie on another one moves to the left of its point, or waits for a closer look; so do
// those of the minor offices of a city until the city itself is near.
const CITY_ZOOM = 8;

function unclutter(holder, zoom) {
  const taken = [...holder.querySelectorAll(".pin__dot")].map((dot) => dot.getBoundingClientRect());
  const frame = holder.getBoundingClientRect();
  const free = (box, own) =>
    box.left >= frame.left && box.right <= frame.right &&
    taken.every((other) => other === own || box.right < other.left || other.right < box.left ||
      box.bottom < other.top || other.bottom < box.top);
  const pins = [...holder.querySelectorAll(".pin")].map((pin, index) => ({ pin, own: taken[index] }));
  const minor = ({ pin }) => pin.classList.contains("pin--minor");
  for (const { pin, own } of [...pins.filter((each) => !minor(each)), ...pins.filter(minor)]) {
    const name = pin.querySelector(".pin__name");
    if (!name) continue;
    name.hidden = false;
    const fits = (zoom >= CITY_ZOOM || !minor({ pin })) && [false, true].some((left) => {
      name.classList.toggle("pin__name--left", left);
      return free(name.getBoundingClientRect(), own);
    });
    if (fits) taken.push(name.getBoundingClientRect());
    name.hidden = !fits;
  }
}

// Row and point light up together, whichever is under the finger or has the keyboard.
function tie(place, marker, map) {
  const { element } = place;
  const link = element.querySelector("a[href]");
  const light = (on) => {
    element.classList.toggle("row--lit", on);
    marker.getElement()?.firstElementChild?.classList.toggle("pin--lit", on);
    marker.setZIndexOffset(on ? 1000 : 0);
  };
  for (const [starts, ends] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]]) {
    element.addEventListener(starts, () => {
      light(true);
      if (place.number && !map.getBounds().contains(place.at)) map.panTo(place.at);
    });
    element.addEventListener(ends, () => light(false));
  }
  marker.on("mouseover", () => light(true)).on("mouseout", () => light(false));
  if (!link) return;
  marker.on("click", () => {
    if (!place.number) return link.click();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
    link.focus({ preventScroll: true });
  });
}

function frame(holder, map, all, origin) {
  if (holder.dataset.fit === "country") return map.fitBounds(PERU, { padding: [4, 4] });
  if (holder.dataset.fit === "one") return map.setView(all[0].at, 7);
  const near = origin ? all.slice(0, 4) : all;
  const points = near.map((place) => place.at).concat(origin ? [origin] : []);
  return map.fitBounds(points, { padding: [36, 36], maxZoom: 9 });
}

function outline(L, map, shapes) {
  const style = ({ properties }) => ({
    fillColor: properties.key.startsWith("PE-") ? COLOURS.land : COLOURS.abroad,
    fillOpacity: 1,
    color: COLOURS.line,
    weight: 1,
    interactive: false,
  });
  L.geoJSON(shapes, { style, interactive: false }).addTo(map);
}

async function draw(holder) {
  const { leaflet, leafletStyle, outline: shapes, tiles, tilesCredit } = holder.dataset;
  await loaded;
  await seen(holder);
  const [shape] = await Promise.all([
    fetch(shapes).then((answer) => answer.json()),
    add("script", { src: leaflet }),
    add("link", { rel: "stylesheet", href: leafletStyle }),
  ]);
  const { L } = globalThis;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(holder, {
    zoomControl: false, keyboard: false, scrollWheelZoom: false, zoomSnap: 0.25, minZoom: 4,
    maxZoom: tiles ? 17 : 11, fadeAnimation: !still, zoomAnimation: !still, markerZoomAnimation: !still,
    dragging: !L.Browser.mobile, maxBounds: [[-32, -100], [14, -50]],
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({
    position: "bottomright", zoomInTitle: holder.dataset.zoomIn, zoomOutTitle: holder.dataset.zoomOut,
  }).addTo(map);
  outline(L, map, shape);
  if (tiles) L.tileLayer(tiles, { attribution: tilesCredit, maxZoom: 17 }).addTo(map);

  const all = places(holder.dataset.from);
  const origin = holder.dataset.origin?.split(",").map(Number);
  frame(holder, map, all, origin);
  const icon = (html) => L.divIcon({ className: "", html, iconSize: [44, 44] });
  if (origin) {
    const here = document.createElement("span");
    here.className = "pin pin--origin";
    here.innerHTML = '<span class="pin__dot"></span>';
    here.append(nameOf({ name: holder.dataset.originName }));
    L.marker(origin, { icon: icon(here), keyboard: false, interactive: false }).addTo(map);
  }
  for (const place of all) {
    const marker = L.marker(place.at, {
      icon: icon(pinOf(place)), keyboard: false, riseOnHover: true, zIndexOffset: place.number ? 500 - place.number : 0,
    }).addTo(map);
    tie(place, marker, map);
  }
  map.on("zoomend", () => unclutter(holder, map.getZoom()));
  unclutter(holder, map.getZoom());
}

for (const holder of document.querySelectorAll("[data-map]")) {
  holder.classList.add("map--room");
  draw(holder).catch(() => { holder.hidden = true; });
}
