/*
 * What lies over the map: the buttons, the tooltip, the mark of invented figures and, on paper, a copy of the map.
 */
window.areaOverlays = (() => {
  "use strict";
  const { element } = window.areaShapes;
  const ICONS = {
    "area-home": "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
    "area-up": "M5 2 2 5l3 3M2 5h7a4.5 4.5 0 0 1 0 9H4",
  };

  /* The zoom buttons of Leaflet, with one more for each kind in `acts`. The words come with every view. */
  function addBar(map, acts) {
    L.control.zoom({ position: "topright" }).addTo(map);
    const bar = map.getContainer().querySelector(".leaflet-control-zoom");
    for (const [kind, act] of Object.entries(acts)) addButton(bar, kind, act);
    const up = bar.querySelector(".area-up");
    up.hidden = true;
    up.setAttribute("aria-keyshortcuts", "Backspace");
    L.DomEvent.disableClickPropagation(bar);
    // A button answers the space bar too; these are links that say they are buttons.
    L.DomEvent.on(bar, "keydown", (event) => {
      if (event.key !== " ") return;
      L.DomEvent.stop(event);
      event.target.click();
    });
  }

  function addButton(bar, kind, act) {
    const button = L.DomUtil.create("a", kind, bar);
    button.href = "#";
    button.setAttribute("role", "button");
    button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[kind]}"/></svg>`;
    L.DomEvent.on(button, "click", (event) => {
      L.DomEvent.preventDefault(event);
      act();
    });
  }

  /* One tooltip for the map and its insets, kept within the frame. */
  class Tip {
    constructor(box) {
      this.box = box;
      this.host = L.DomUtil.create("div", "area-tip", box);
      this.hide();
    }

    hide() {
      this.host.hidden = true;
      this.area = "";
    }

    write(area, texts) {
      const paragraph = (text) => Object.assign(document.createElement("p"), { textContent: text });
      this.host.replaceChildren(...texts.map(paragraph));
      this.area = area;
      this.host.hidden = false;
    }

    /* Beside a place of the window, on the side with more room. */
    moveTo({ x, y }) {
      const outer = this.box.getBoundingClientRect();
      const [wide, high] = [this.host.offsetWidth, this.host.offsetHeight];
      const right = x - outer.x < outer.width / 2;
      this.put("left", x - outer.x + (right ? 14 : -14 - wide), outer.width - wide);
      this.put("top", y - outer.y - high / 2, outer.height - high);
    }

    put(side, wanted, room) {
      this.host.style[side] = `${Math.max(4, Math.min(wanted, room - 4))}px`;
    }
  }

  /* Invented figures say so: readably in a band under the map, and again and again across it, whatever is cut out. */
  class Stamp {
    constructor(box) {
      this.box = box;
      this.band = L.DomUtil.create("div", "area-invented", box);
    }

    write(text) {
      if (this.band.textContent === text) return;
      this.band.textContent = text;
      this.across?.remove();
      this.across = text && this.repeat(text);
    }

    repeat(text) {
      const svg = element("svg", { class: "area-stamp", "aria-hidden": "true" }, this.box);
      const wide = text.length * 9 + 100;
      const size = { width: wide, height: 190, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-24)" };
      const tile = element("pattern", { id: "stamp", ...size }, element("defs", {}, svg));
      // The second line stands half a tile aside, so its ends meet across the border of two tiles.
      for (const [x, y] of [[20, 60], [20 - wide / 2, 155], [20 + wide / 2, 155]]) {
        element("text", { x, y }, tile).textContent = text;
      }
      element("rect", { width: "100%", height: "100%", fill: "url(#stamp)" }, svg);
      return svg;
    }
  }

  /* A sheet is narrower than the screen: what is printed is a copy of the map that scales with its frame. */
  function printWith(map, svg) {
    const box = map.getContainer();
    const clear = () => {
      box.classList.remove("printing");
      box.querySelector(".area-print")?.remove();
    };
    window.addEventListener("afterprint", clear);
    window.addEventListener("beforeprint", () => {
      clear();
      box.prepend(copyFor(map, svg));
      box.style.setProperty("--shape", `${map.getSize().x} / ${map.getSize().y}`);
      box.classList.add("printing");
    });
  }

  function copyFor(map, svg) {
    const size = map.getSize();
    const corner = map.containerPointToLayerPoint([0, 0]);
    const copy = svg.cloneNode(true);
    for (const attribute of ["style", "width", "height"]) copy.removeAttribute(attribute);
    copy.setAttribute("class", "area-print");
    copy.setAttribute("viewBox", `${corner.x} ${corner.y} ${size.x} ${size.y}`);
    return copy;
  }

  return { Tip, Stamp, addBar, printWith };
})();
