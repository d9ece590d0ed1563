"""The folium map of areas, complete without a network.

Leaflet comes from the installed wheel django-leaflet (Django itself is never imported), the outlines and our own
script from files; Streamlit serves all three as files of a component, to anybody who can reach the server, and the
operator's own outlines as those of one more. A repaint carries no geometry: the map fetches the outlines once by an
address that holds a digest of their content.
"""

import hashlib
import json
import zlib
from base64 import b64encode
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import folium
from branca.element import MacroElement
from folium.template import Template
from folium.utilities import JsCode
from streamlit.components.v1 import declare_component

from geo.record import OWN_FOLDER, SHIPPED, OutlineSet
from riskmap.domain.settings import area_folder
from riskmap.ui.fills import pattern_definitions

LEVELS: Final = ("regions", "districts")

_STATIC: Final = Path(__file__).parent / "static"
# In the order in which they need each other.
_SCRIPTS: Final = ("area_shapes", "area_insets", "area_overlays", "area_map")
# Kazakhstan from south-west to north-east; shown until the outlines are there.
_BOUNDS: Final = [[40.5, 46.4], [55.5, 87.4]]
# Zooming glides, unless the reader has asked the system for less motion.
_MOTION: Final = JsCode('!matchMedia("(prefers-reduced-motion: reduce)").matches')


def _wheel() -> Path:
    package = find_spec("leaflet")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("the wheel django-leaflet is not installed")
    return Path(package.submodule_search_locations[0]) / "static" / "leaflet"


_LEAFLET: Final = _wheel()

# Streamlit serves the files of a component under the name of the module that declares it, so this stays an imported
# module and is never run by itself.
_leaflet = declare_component("leaflet", path=str(_LEAFLET))
_static = declare_component("static", path=str(_STATIC))
_outlines = declare_component("outlines", path=str(SHIPPED))


@lru_cache(maxsize=32)
def _digest(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _address(component: Any, path: Path, *, folder: str = "") -> str:
    # Relative to the page of streamlit-folium, which is a sibling: right under any base path of the server.
    return f"../{component.name}/{folder}{path.name}?v={_digest(path, path.stat().st_mtime_ns)}"


def leaflet_addresses() -> tuple[str, str]:
    """Where the browser finds Leaflet's script and its style sheet."""
    return _address(_leaflet, _LEAFLET / "leaflet.js"), _address(_leaflet, _LEAFLET / "leaflet.css")


def outlines_address(outlines: OutlineSet, level: str) -> str:
    """Where the browser finds the outlines of a level of a set; it changes with their content and with nothing else."""
    component = _own_outlines() if outlines.is_own else _outlines
    return _address(component, outlines.file(level), folder=f"{quote(outlines.folder.name)}/")


def _own_outlines() -> Any:
    # Told to Streamlit where they are used, and each time: the folder may come to be while the server runs.
    return declare_component("own_outlines", path=str(area_folder() / OWN_FOLDER))


def packed(message: object) -> str:
    """A message as compressed JSON in base64, which needs no escaping anywhere.

    Streamlit writes every letter outside ASCII as six bytes; packed, the words of 224 districts are a fifth of that.
    """
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return b64encode(zlib.compress(text.encode())).decode("ascii")


class _Start(MacroElement):
    """Hands the map to our script, with all that never changes."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "areaMap.start({{ this._parent.get_name() }}, {{ this.bounds|tojson }}, {{ this.patterns|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.bounds = _BOUNDS
        self.patterns = packed(pattern_definitions("fill-"))


class OutlineMap(folium.Map):
    """The same map at every run: whatever differs between two views travels in `Paint`."""

    def __init__(self) -> None:
        script, style = leaflet_addresses()
        ours = [(name, _address(_static, _STATIC / f"{name}.js")) for name in _SCRIPTS]
        self.default_js = [("leaflet", script), *ours]
        self.default_css = [("leaflet", style), ("area_map", _address(_static, _STATIC / "area_map.css"))]
        super().__init__(
            location=[48.0, 66.9],
            zoom_start=4,
            tiles=None,
            zoom_control=False,
            font_size="13px",
            zoom_snap=0.1,
            scroll_wheel_zoom=False,
            zoom_animation=_MOTION,  # type: ignore[arg-type]
            max_bounds_viscosity=1.0,
        )
        self.add_child(_Start())


class Paint(folium.FeatureGroup):
    """A feature group without features: its script hands the colours and words of one view to the map.

    streamlit-folium runs the script whenever its text changes and keeps the map as it is. It also keeps a list of all
    groups ever added; emptying it stops that list from growing.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}window.feature_group = [];\n"
        "var {{ this.get_name() }} = areaMap.paint({{ this.message|tojson }});{% endmacro %}"
    )

    def __init__(self, message: dict[str, object]) -> None:
        super().__init__(name="paint", control=False, show=False)
        self.message = packed(message)
