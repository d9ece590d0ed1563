/*
 * Draws named areas on a Leaflet map. The outlines come once by address; a repaint brings colours and words only.
 *
 *   areaMap.start(map, bounds, patterns)   once, when the map is built
 *   areaMap.paint(view)                    at every change; returns an empty layer, which the caller adds to the map
 *
 * `patterns` and `view` come as base64 of deflated JSON.
 *
 * A click, Enter or Space on an area sends {area, at} to the page; `at` tells two equal choices apart. The button one
 * level up, Backspace and Escape send the parent of the view in the same way.
 */
(() => {
  "use strict";
  const { RINGS, Drawing, dotPlaces, element, fromPlane, load, ringsOf, setStop, toPlane, unpack } = window.areaShapes;
  const { Tip, Stamp, addBar, printWith } = window.areaOverlays;
  const insetMaps = window.areaInsets;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  /* Room above the map in pixels: on a narrow screen the buttons lie there in a row, as the style sheet has it. */
  const NARROW = window.matchMedia("(max-width: 600px)");
  const above = () => (NARROW.matches ? 46 : 8);
  /* Within this part of its width a frame may be high; a region can be much higher than it is wide. */
  const STEEPEST = 1;
  let map, box, country, main, tip, stamp, credit, view, fit;
  let layers = L.layerGroup();
  let home = null;
  let insets = null;
  let plan = "";
  let words = new Map();
  let centres = new Map();
  let marked = {};
  let atHome = true;
  let paints = 0;

  function start(leafletMap, bounds, patterns) {
    map = leafletMap;
    box = map.getContainer();
    country = L.latLngBounds(bounds);
    box.setAttribute("role", "group");
    map.attributionControl.setPrefix(false);
    credit = box.querySelector(".leaflet-control-attribution");
    addCanvas(patterns);
    addBar(map, { "area-home": goHome, "area-up": goUp });
    tip = new Tip(box);
    stamp = new Stamp(box);
    printWith(map, main.svg);
    fit = fitFrame();
    goHome();
    listen();
    leaveRoomForFoot();
  }

  function addCanvas(patterns) {
    map.options.renderer = L.svg({ padding: 0.5 }).addTo(map);
    const svg = map.getPane("overlayPane").querySelector("svg");
    unpack(patterns).then((shapes) => svg.insertAdjacentHTML("afterbegin", `<defs>${shapes}</defs>`));
    main = new Drawing(svg);
  }

  function listen() {
    map.on("movestart zoomstart", () => tip.hide());
    map.on("moveend zoomend viewreset", () => RINGS.forEach((name) => highlight(name, marked[name])));
    map.on("zoomstart dragstart", () => (atHome = false));
    map.on("zoomend", settle);
    map.on("resize", () => atHome && goHome());
    box.addEventListener("wheel", onWheel, { capture: true, passive: true });
    L.DomEvent.off(box, "mousedown", map.keyboard._onMouseDown, map.keyboard);
    box.addEventListener("mousedown", onPress);
    box.addEventListener("click", onClick);
    box.addEventListener("mousemove", onPoint);
    box.addEventListener("mouseleave", onPoint);
    box.addEventListener("focusin", onFocus);
    box.addEventListener("focusout", () => highlight("focused", ""));
    box.addEventListener("keydown", onKey);
  }

  /* ---- size and position ---- */

  /* On a narrow screen the frame is only as high as what it shows is at that width. */
  function fitFrame() {
    const report = Streamlit.setFrameHeight;
    let highest = box.clientHeight;
    const apply = () => {
      if (!box.clientWidth) return report(highest);
      const height = Math.min(highest, Math.round(box.clientWidth * slope()) + above() + below());
      box.style.height = `${height}px`;
      map.invalidateSize({ pan: false });
      report(height);
    };
    // streamlit-folium reports the height it was given after every repaint.
    Streamlit.setFrameHeight = (height) => {
      highest = height;
      apply();
    };
    window.addEventListener("resize", apply);
    return apply;
  }

  function slope() {
    const { min, max } = L.bounds([toPlane(country.getNorthWest()), toPlane(country.getSouthEast())]);
    const usual = (max.y - min.y) / (max.x - min.x);
    if (!home || !view.focus) return usual;
    const [from, to] = [toPlane(home.getNorthWest()), toPlane(home.getSouthEast())];
    return Math.min(STEEPEST, Math.max(usual, (to.y - from.y) / (to.x - from.x)));
  }

  /* The lines under the map take the height that their words need, in any language and at any width. */
  function leaveRoomForFoot() {
    const observer = new ResizeObserver(() => {
      if (box.classList.contains("printing")) return;
      box.style.setProperty("--band", `${stamp.band.offsetHeight}px`);
      fit();
      if (atHome) goHome();
    });
    observer.observe(stamp.band);
    observer.observe(credit);
  }

  const foot = () => credit.offsetHeight + stamp.band.offsetHeight + 4;
  const below = () => foot() + (insets ? insetMaps.rowHeight() : 0);

  function goHome() {
    // A map in a folded part of the page has no size yet; it comes home when it gets one.
    if (!map.getSize().x) return;
    const bounds = home ?? country;
    // A region fills the frame to its corners, and the buttons stand in one of them.
    const beside = view?.focus && !NARROW.matches ? 48 : 8;
    map.setMaxBounds(null);
    map.setMinZoom(0);
    map.fitBounds(bounds, { animate: false, paddingTopLeft: [8, above()], paddingBottomRight: [beside, below()] });
    map.setMinZoom(map.getZoom());
    map.setMaxBounds(map.getBounds().pad(0.1));
    atHome = true;
    if (insets) insetMaps.place(insets, map.getSize(), onScreen(bounds), foot());
    settle();
  }

  function onScreen(bounds) {
    return L.bounds([bounds.getNorthWest(), bounds.getSouthEast()].map((place) => map.latLngToContainerPoint(place)));
  }

  /* With everything in sight there is nothing to drag, and a finger on the map scrolls the page. */
  function settle() {
    const closer = map.getZoom() > map.getMinZoom();
    map.dragging[closer ? "enable" : "disable"]();
    if (insets) showInsets(!closer);
  }

  /* Closer to the map the insets would cover it, and the areas in them are large enough on it. */
  function showInsets(shown) {
    const { area } = document.activeElement.dataset;
    insets.host.hidden = !shown;
    box.classList.toggle("with-insets", shown);
    for (const { paths } of insets.drawings) {
      for (const name of paths.keys()) setStop(main.paths.get(name), !shown);
    }
    if (area && insets.drawings.some(({ paths }) => paths.has(area))) stopOf(area).focus({ preventScroll: true });
  }

  /* The wheel scrolls the page, as everywhere; with Ctrl it zooms the map. */
  function onWheel(event) {
    map.scrollWheelZoom[event.ctrlKey ? "enable" : "disable"]();
  }

  /* ---- painting ---- */

  function paint(message) {
    const turn = ++paints;
    render(message, () => turn === paints).catch((fault) => {
      console.error(fault);
      if (turn === paints && view) tell(view.words.not_loaded);
    });
    return L.layerGroup();
  }

  /* Whatever arrives after a newer view has been asked for is dropped. */
  async function render(message, isLatest) {
    const next = await unpack(message);
    if (!isLatest()) return;
    const before = view;
    view = next;
    dress();
    const [outlines, borders] = await Promise.all([load(next.outlines), next.frame && load(next.frame)]);
    if (isLatest()) show(outlines, borders, before);
  }

  function dress() {
    document.documentElement.lang = view.language;
    document.title = view.label;
    box.setAttribute("aria-label", view.label);
    if (window.frameElement) window.frameElement.title = view.label;
    credit.textContent = view.credit;
    name(".leaflet-control-zoom-in", view.words.zoom_in);
    name(".leaflet-control-zoom-out", view.words.zoom_out);
    name(".area-home", view.focus ? view.words.show_region : view.words.show_all);
    name(".area-up", view.words.one_level_up);
    stamp.write(view.invented);
  }

  function name(button, words) {
    box.querySelector(button).title = words;
    box.querySelector(button).setAttribute("aria-label", words);
  }

  function tell(words) {
    const note = box.querySelector(".area-note") || L.DomUtil.create("p", "area-note", box);
    note.setAttribute("role", "status");
    note.textContent = words;
  }

  function show(outlines, borders, before) {
    box.querySelector(".area-note")?.remove();
    const next = JSON.stringify([
      view.outlines,
      view.focus,
      view.insets.map(([area, , members]) => [area, members]),
      view.areas.map(([area, , , children = []]) => [area, ...children.map(([child]) => child)]).sort(),
    ]);
    if (next !== plan) redraw(outlines, borders, before);
    plan = next;
    box.querySelector(".area-up").hidden = !view.parent;
    arrange();
    view.insets.forEach(([, name], place) => insetMaps.rename(insets.host.children[place], name));
    view.areas.forEach(([area, fill, text, children = []]) => {
      dye(area, fill, [text, ...children.map(([, , words]) => words)]);
      children.forEach(([child, fill, text]) => dye(child, fill, [text]));
    });
    highlight("selected", view.selected);
    if (tip.area) tip.write(tip.area, words.get(tip.area));
  }

  /* The keyboard stays on the map: on the region it has come back from, on what is selected, or on the map itself. */
  function redraw(outlines, borders, before) {
    const focused = document.activeElement;
    const held = focused.matches(".leaflet-container, [data-area], .area-up");
    clear();
    draw(outlines, borders);
    if (held) (stopOf(before?.focus) ?? stopOf(view.selected) ?? box).focus({ preventScroll: true });
  }

  function draw(outlines, borders) {
    const within = new Map(view.areas.map(([area, , , children = []]) => [area, children.map(([child]) => child)]));
    const drawn = L.geoJSON(outlines, {
      filter: (feature) => within.has(feature.properties.id),
      style: { className: "area", fillOpacity: 1, noClip: true, smoothFactor: 0.6 },
    }).addTo(layers);
    layers.addTo(map);
    drawn.eachLayer((layer) => keep(layer.feature.properties.id, layer.getElement(), layer.getBounds().getCenter()));
    if (borders) addBorders(borders);
    addDots(drawn.getLayers().map(({ feature }) => feature), within);
    if (view.insets.length) addInsets(within, outlines);
    home = drawn.getBounds().isValid() ? drawn.getBounds() : null;
    fit();
    goHome();
  }

  function keep(area, path, centre) {
    main.paths.set(area, path);
    centres.set(area, toPlane(centre));
    path.dataset.area = area;
    setStop(path, true);
  }

  /* Around a region that is shown alone the other borders are thin: they only say where it lies. */
  function addBorders(borders) {
    const own = (feature) => !view.focus || feature.properties.id === view.focus;
    border(borders, "context", (feature) => !own(feature));
    border(borders, "casing", own);
    border(borders, "line", own);
  }

  function border(borders, kind, filter) {
    const style = { className: `border ${kind}`, fill: false, noClip: true, smoothFactor: 0.6 };
    L.geoJSON(borders, { style, filter, interactive: false }).addTo(layers);
  }

  function addDots(features, within) {
    const placed = [];
    for (const feature of features) {
      const children = within.get(feature.properties.id);
      const places = children.length ? dotPlaces(ringsOf(feature), children.length, placed) : [];
      children.forEach((child, place) => addDot(child, fromPlane(places[place])));
      placed.push(...places);
    }
  }

  /* An area without an outline is a dot, with room around it for a finger. */
  function addDot(area, middle) {
    const circle = (className, radius) =>
      L.circleMarker(middle, { className, radius, fillOpacity: 1, interactive: false }).addTo(layers).getElement();
    circle("dot-room", 12).dataset.area = area;
    keep(area, circle("dot", 6), middle);
  }

  function addInsets(within, outlines) {
    insets = insetMaps.build(view.insets, within, outlines);
    // Before the buttons, for the Tab key; under the tooltip.
    box.querySelector(".leaflet-control-container").before(insets.host);
    for (const { paths } of insets.drawings) {
      for (const area of paths.keys()) {
        main.svg.querySelectorAll(`[data-area="${area}"]`).forEach((path) => path.classList.add("in-inset"));
      }
    }
  }

  function clear() {
    layers.clearLayers();
    insets?.host.remove();
    box.classList.remove("with-insets");
    insets = null;
    main.paths.clear();
    centres = new Map();
    words = new Map();
    RINGS.forEach((name) => highlight(name, ""));
    tip.hide();
  }

  /* The Tab key follows the order of the elements, so they stand in the order of the view. */
  function arrange() {
    const wanted = view.areas.map(([area]) => main.paths.get(area));
    const parent = wanted[0]?.parentNode;
    if (!parent || wanted.every((path, place) => parent.children[place] === path)) return;
    const focused = document.activeElement;
    parent.prepend(...wanted);
    if (parent.contains(focused)) focused.focus({ preventScroll: true });
  }

  const drawings = () => [main, ...(insets?.drawings ?? [])];

  function dye(area, fill, texts) {
    const number = typeof fill === "number";
    const [colour, edge] = number ? view.palette[fill] : [`url(#fill-${fill})`, ""];
    words.set(area, texts);
    for (const path of drawings().map(({ paths }) => paths.get(area))) {
      if (!path) continue;
      path.setAttribute("fill", colour);
      path.style.stroke = edge;
      path.dataset.fill = number ? `class:${fill}` : fill;
      path.setAttribute("aria-label", texts.join("\n"));
      path.setAttribute("aria-pressed", area === view.selected);
    }
  }

  /* ---- choosing ---- */

  function choose(area) {
    Streamlit.setComponentValue({ area, at: Date.now() });
  }

  function goUp() {
    if (view?.parent) choose(view.parent);
  }

  /* Browser and Leaflet would scroll the page to what is pressed, and the click would fall where it no longer is. */
  function onPress(event) {
    if (!areaAt(event)) return;
    event.preventDefault();
    event.target.closest("[tabindex]")?.focus({ preventScroll: true });
  }

  function onClick(event) {
    const area = areaAt(event);
    if (area && !map.dragging.moved()) choose(area);
  }

  const areaAt = (event) => event.target.closest("[data-area]")?.dataset.area ?? "";

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const area = event.target.dataset.area;
    // The first Escape takes the tooltip away, as everywhere, the second one leaves the level.
    if (event.key === "Escape" && tip.area) tip.hide();
    else if (event.key === "Escape" || event.key === "Backspace") event.repeat || goUp();
    else if (!area) return;
    else if (event.key === "Enter" || event.key === " ") event.repeat || choose(area);
    else if (event.key in ARROWS) stopOf(neighbour(area, ARROWS[event.key]))?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* The nearest area in the direction of the arrow, on the ground: from inset to map too. What lies aside counts double. */
  function neighbour(area, [right, down]) {
    const here = centres.get(area);
    let best = "";
    let least = Infinity;
    for (const [other, there] of here ? centres : []) {
      const way = there.subtract(here);
      const ahead = way.x * right + way.y * down;
      const aside = Math.abs(way.x * down) + Math.abs(way.y * right);
      if (2 * ahead > aside && ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
    }
    return best;
  }

  /* Where the keyboard meets an area. */
  function stopOf(area) {
    return drawings()
      .map(({ paths }) => paths.get(area))
      .findLast((path) => path?.hasAttribute("tabindex"));
  }

  /* ---- pointing ---- */

  function onFocus(event) {
    const area = event.target.dataset.area;
    if (!words.has(area) || !event.target.matches(":focus-visible")) return;
    const centre = fromPlane(centres.get(area));
    if (main.svg.contains(event.target) && !map.getBounds().contains(centre)) map.panTo(centre, { animate: false });
    highlight("focused", area);
    const { x, y, width, height } = event.target.getBoundingClientRect();
    tip.write(area, words.get(area));
    tip.moveTo({ x: x + width / 2, y: y + height / 2 });
  }

  function onPoint(event) {
    const area = event.type === "mouseleave" ? "" : areaAt(event);
    if (area !== marked.hovered) highlight("hovered", area);
    if (!words.has(area)) return tip.hide();
    if (area !== tip.area) tip.write(area, words.get(area));
    tip.moveTo(event);
  }

  function highlight(name, area) {
    marked[name] = area;
    for (const drawing of drawings()) drawing.mark(name, area);
  }

  window.areaMap = { start, paint };
})();
