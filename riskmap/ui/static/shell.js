/* Puts the words that Streamlit keeps in English into the language of the page, and says which language that is; lets a
   finger scroll over a chart.
   `frame` = {language, words: {English: translation}, beginnings: {English: {word, is_kept}}, more} is set before this
   text runs; it runs again on a switch. Of a text that only begins in English the end is kept or left out. */
(() => {
  document.documentElement.lang = frame.language;
  const attributes = ["aria-label", "title", "placeholder"];
  // The pages that have no room beside the others: without their number, which changes in place with the width.
  const MORE = /^\d+ more$/;

  const translated = (text) => {
    const plain = (text || "").trim();
    if (Object.hasOwn(frame.words, plain)) return frame.words[plain];
    if (MORE.test(plain)) return frame.more;
    const beginning = Object.keys(frame.beginnings).find((english) => plain.startsWith(english));
    if (!beginning) return undefined;
    const { word, is_kept } = frame.beginnings[beginning];
    return is_kept ? `${word} ${plain.slice(beginning.length)}` : word;
  };

  const translate = (element) => {
    for (const name of attributes) {
      const english = element.dataset[`english${name.replace("-", "")}`] || element.getAttribute(name);
      const word = translated(english);
      if (word && element.getAttribute(name) !== word) {
        element.dataset[`english${name.replace("-", "")}`] = english;
        element.setAttribute(name, word);
      }
    }
    if (element.childElementCount === 0) {
      const english = element.dataset.englishtext || element.textContent;
      const word = translated(english);
      if (word && element.textContent !== word) {
        element.dataset.englishtext = english;
        element.textContent = word;
      }
    }
  };

  const translateAll = (root) => {
    // A text that is written into an element already there is read with its element.
    if (root.nodeType === Node.TEXT_NODE && root.parentElement) translate(root.parentElement);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translate(root);
    const named = "a, button, input, nav, section, p, span, div[role], [role=tooltip] *, li, [aria-label]";
    const inBoxes = '[data-testid$="Dropdown"] *';
    root.querySelectorAll(`${named}, ${inBoxes}`).forEach(translate);
  };

  // The library of charts keeps a finger on a chart whose points can be chosen to itself: the page would not scroll and
  // a tap would choose nothing. Left to the browser, a finger scrolls the page, and a tap comes as a click.
  if (!window.riskmapFinger) {
    window.riskmapFinger = true;
    const leave = (event) => event.target.closest?.(".js-plotly-plot") && event.stopPropagation();
    document.addEventListener("touchstart", leave, { capture: true, passive: true });
  }

  window.riskmapFrame?.disconnect();
  window.riskmapFrame = new MutationObserver((changes) => changes.forEach((change) => {
    if (change.type === "characterData" && MORE.test(change.target.data)) change.target.data = frame.more;
    change.addedNodes.forEach(translateAll);
  }));
  window.riskmapFrame.observe(document.body, { childList: true, characterData: true, subtree: true });
  translateAll(document.body);
})();
