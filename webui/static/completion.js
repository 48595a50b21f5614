// Completion of the search box: a combobox with a list, as the ARIA Authoring Practices describe it
// (WAI-ARIA 1.2, list autocomplete with manual selection). Without this file the box is a plain one.
"use strict";

(() => {
  const DELAY_MS = 120;
  const NO_OPTION = -1;

  const input = document.querySelector("input[data-completion]");
  if (!input) return;

  const list = document.createElement("ul");
  const status = document.createElement("p");
  let options = [];
  let active = NO_OPTION;
  let timer = 0;
  let request = null;

  function prepare() {
    list.id = `${input.id}-propositions`;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Propositions");
    status.className = "hidden";
    status.setAttribute("role", "status");
    // A search box may not be a combobox; a text box may.
    input.type = "text";
    input.setAttribute("inputmode", "search");
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.after(list);
    list.after(status);
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    list.replaceChildren();
    options = [];
    activate(NO_OPTION);
    input.setAttribute("aria-expanded", "false");
    status.textContent = "";
  }

  function activate(place) {
    options[active]?.element.setAttribute("aria-selected", "false");
    active = place;
    const option = options[active];
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.element.setAttribute("aria-selected", "true");
    option.element.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.element.id);
  }

  function part(name, text) {
    const element = document.createElement("span");
    element.className = name;
    element.textContent = text;
    return element;
  }

  function optionOf(suggestion, place) {
    const element = document.createElement("li");
    element.id = `${list.id}-${place}`;
    element.setAttribute("role", "option");
    element.setAttribute("aria-selected", "false");
    element.append(part("label", suggestion.label), " ", part("what", suggestion.what));
    element.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
    element.addEventListener("click", () => accept(suggestion.text));
    return { element, text: suggestion.text };
  }

  function show(suggestions) {
    activate(NO_OPTION);
    options = suggestions.map(optionOf);
    list.replaceChildren(...options.map((option) => option.element));
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    const many = options.length > 1 ? "s" : "";
    status.textContent = options.length ? `${options.length} proposition${many}` : "";
  }

  function accept(text) {
    input.value = text;
    close();
    input.focus();
    input.setSelectionRange(text.length, text.length);
  }

  async function ask() {
    const typed = input.value;
    request?.abort();
    request = new AbortController();
    const address = `${input.dataset.completion}?q=${encodeURIComponent(typed)}`;
    try {
      const response = await fetch(address, { signal: request.signal });
      const answer = response.ok ? await response.json() : { suggestions: [] };
      if (input.value === typed && document.activeElement === input) show(answer.suggestions);
    } catch {
      // Stopped by the next letter, or no network: the box stays a plain one.
    }
  }

  function move(step) {
    const count = options.length + 1; // the box itself is one place of the round
    activate(((active + 1 + step + count) % count) - 1);
  }

  function onKey(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && !list.hidden) {
      close();
    } else if (event.key === "ArrowDown" && list.hidden) {
      ask();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active !== NO_OPTION) {
      accept(options[active].text);
    } else {
      return;
    }
    event.preventDefault();
  }

  prepare();
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, DELAY_MS);
  });
  input.form?.addEventListener("submit", close);
})();
