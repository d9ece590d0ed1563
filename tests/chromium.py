"""How tests and benchmarks start Chromium: without a sandbox, and asking nothing of anybody by itself."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
