// What HTML and htmx cannot do alone. Every behaviour hangs on an attribute, and every page works without this file.
"use strict";

const root = document.documentElement;
const numbers = new Intl.NumberFormat(root.lang);
const find = (selector, inside = document) => inside.querySelector(selector);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
const on = (name, act, options) => document.addEventListener(name, act, options);
const words = () => find("#words").dataset;

// ---- toasts: [data-toast], 10 s, longer while hovered or focused; a bad one stays until it is closed ----

const TOAST_TIME = 10_000;
function showToast({ message, kind = "done" }) {
  const toast = find(`#toast-${kind === "bad" ? "bad" : "done"}`).content.firstElementChild.cloneNode(true);
  find("[data-toast-text]", toast).textContent = message;
  find("#toasts").append(toast);
}

function startToast(toast) {
  find("#live").textContent = find("[data-toast-text]", toast).textContent;
  if (toast.dataset.toast === "bad") return;
  let timer;
  const start = () => { timer = setTimeout(() => toast.remove(), TOAST_TIME); };
  const hold = () => clearTimeout(timer);
  for (const name of ["mouseenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["mouseleave", "focusout"]) toast.addEventListener(name, () => { hold(); start(); });
  start();
}

new MutationObserver((changes) => {
  for (const node of changes.flatMap((change) => [...change.addedNodes])) if (node.dataset?.toast) startToast(node);
}).observe(find("#toasts"), { childList: true });
all("#toasts [data-toast]").forEach(startToast);
on("toast", (event) => showToast(event.detail));

// ---- dialogs: [data-dialog="id"] opens one of the page; a swap into the body of one opens it ----

function openDialog(dialog) {
  all("[popover]:popover-open").forEach((popover) => popover.hidePopover());
  if (!dialog.open) dialog.showModal();
  find("input[type=search]", dialog)?.select();
}

const closeDialogs = () => all("dialog[open]").forEach((dialog) => dialog.close());

on("close", ({ target }) => { if (target.id === "dialog") find("#dialog-body").replaceChildren(); }, true);
on("dialog:close", closeDialogs);
on("session:over", ({ detail }) => htmx.ajax("GET", detail.url, { target: "#session-body", swap: "innerHTML" }));

// The answer to signing in again: { token }. Whatever was typed stays and can be sent with the new token.
on("session:renewed", (event) => {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRF-Token": event.detail.token }));
  all("input[name=csrf_token]").forEach((field) => { field.value = event.detail.token; });
  closeDialogs();
  showToast({ message: words().signedIn });
});

// ---- selecting rows: [data-selection] holds the rows and the bar; CSS shows the bar while a box is ticked ----

let lastRow = null;
const rowsOf = (selection) => all("[data-select-row]", selection);
function showSelection(selection) {
  const bar = find("[data-select-bar]", selection);
  if (!bar) return;

  const rows = rowsOf(selection);
  const ticked = rows.filter((row) => row.checked).length;
  const [mode, text] = [find("[data-select-mode]", bar), find("[data-select-text]", bar)];
  const total = Number(bar.dataset.total);
  if (!ticked) mode.disabled = true;
  const takesAll = !mode.disabled;

  all("input[name=except]", bar).forEach((field) => field.remove());
  if (takesAll) {
    for (const row of rows.filter((each) => !each.checked)) {
      mode.after(Object.assign(document.createElement("input"), { type: "hidden", name: "except", value: row.value }));
    }
  }
  const count = takesAll ? total - rows.length + ticked : ticked;
  text.textContent = (takesAll ? text.dataset.most : text.dataset.some)
    .replace("{count}", numbers.format(count)).replace("{total}", numbers.format(total));
  find("[data-select-all]", bar).hidden = takesAll || ticked < rows.length || total <= rows.length;
  const head = find("[data-select-page]", selection);
  if (!head) return;
  head.checked = ticked > 0 && ticked === rows.length;
  head.indeterminate = ticked > 0 && !head.checked;
}

function tick(selection, rows, checked) {
  rows.forEach((row) => { row.checked = checked; });
  showSelection(selection);
}

function tickRow(row, toHere) {
  const selection = row.closest("[data-selection]");
  const rows = rowsOf(selection);
  const [from, to] = [rows.indexOf(lastRow), rows.indexOf(row)].sort((one, other) => one - other);
  tick(selection, toHere && from >= 0 ? rows.slice(from, to + 1) : [row], row.checked);
  lastRow = row;
}

// ---- one listener for clicks ----

on("click", (event) => {
  const control = event.target.closest("a, button, input, dialog");
  if (!control) return;

  if (control.matches("dialog")) {
    if (event.target === control) control.close();
  } else if (control.dataset.dialog) {
    const dialog = document.getElementById(control.dataset.dialog);
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openDialog(dialog);
  } else if ("close" in control.dataset && control.closest("dialog")) {
    event.preventDefault();
    control.closest("dialog").close();
  } else if ("toastClose" in control.dataset) {
    control.closest("[data-toast]").remove();
  } else if ("copy" in control.dataset) {
    copy(control);
  } else if ("selectRow" in control.dataset) {
    tickRow(control, event.shiftKey);
  } else if ("selectPage" in control.dataset) {
    const selection = control.closest("[data-selection]");
    tick(selection, rowsOf(selection), control.checked);
  } else if ("selectAll" in control.dataset) {
    find("[data-select-mode]", control.closest("[data-select-bar]")).disabled = false;
    showSelection(control.closest("[data-selection]"));
  } else if ("selectClear" in control.dataset) {
    clearSelection(control.closest("[data-selection]"));
  }
});

const clearSelection = (selection) => tick(selection, rowsOf(selection), false);

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Without https there is no clipboard: copy through a field instead.
    const field = Object.assign(document.createElement("textarea"), { value: button.dataset.copy });
    (button.closest("dialog") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  showToast({ message: words().copied });
}

// Three radios that can be cleared: choosing the chosen one again takes it back.
on("pointerdown", ({ target }) => {
  const radio = target.closest(".tri label")?.control;
  if (radio) radio.dataset.was = radio.checked;
});
on("click", ({ target: radio }) => {
  if (!radio.matches(".tri input") || radio.dataset.was !== "true") return;
  radio.checked = radio.dataset.was = false;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
});

// ---- keys, by their place on the keyboard, so that they work with a Persian layout ----

const LETTERS = { Slash: "/", BracketLeft: "[", BracketRight: "]", Enter: "Enter", NumpadEnter: "Enter", Escape: "Escape" };
const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
let afterG = 0;

const keyOf = (event) => LETTERS[event.code] ?? event.code.replace(/^(Key|Digit)/, "").toLowerCase();

function moveRow(step) {
  const links = all(".grid tbody tr").map((row) => find("a", row)).filter(Boolean);
  const row = document.activeElement.closest?.(".grid tbody tr");
  const here = row ? links.indexOf(find("a", row)) : step > 0 ? -1 : links.length;
  links[here + step]?.focus();
}

const KEYS = {
  "/": () => find(".main [data-search]")?.focus(),
  "?": () => openDialog(find("#keys")),
  g: () => { afterG = Date.now(); },
  j: () => moveRow(1),
  k: () => moveRow(-1),
  z: () => all("#toasts [data-undo]").at(-1)?.click(),
};

function shortcut(key, shift) {
  const row = document.activeElement.closest?.(".grid tbody tr");
  const box = row && find("[data-select-row]", row);
  if (Date.now() - afterG < 1500) {
    afterG = 0;
    return find(`[data-go="${key}"]`)?.click();
  }
  if (key === "x" && box) {
    box.checked = shift || !box.checked;
    return tickRow(box, shift);
  }
  if (/^[1-9]$/.test(key)) return all(".tabs > a")[key - 1]?.click();
  const marked = find(`.main [aria-keyshortcuts~="${key}"]`);
  return marked ? marked.click() : KEYS[key === "/" && shift ? "?" : key]?.();
}

function escape(field) {
  if (!field.matches(FIELDS)) {
    return all("[data-selection]").filter((each) => find("[data-select-row]:checked", each)).forEach(clearSelection);
  }
  if (field.type !== "search" || !field.value) return field.blur();
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

on("keydown", (event) => {
  const { target } = event;
  const key = keyOf(event);
  const list = target.closest("[popover].menu, .palette");
  if (event.isComposing) return;
  // In a search field Escape would only clear, and the palette promises to close.
  if (key === "Escape" && target.id === "palette-q") return find("#palette").close();
  if ((event.ctrlKey || event.metaKey) && key === "k") {
    event.preventDefault();
    const palette = find("#palette");
    return palette ? openDialog(palette) : find("[data-search]")?.focus();
  }
  if ((event.ctrlKey || event.metaKey) && key === "Enter") return target.form?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (list && (event.code === "ArrowDown" || event.code === "ArrowUp")) {
    event.preventDefault();
    const items = all("a, button, input", list).filter((item) => item.checkVisibility());
    const next = items.indexOf(document.activeElement) + (event.code === "ArrowDown" ? 1 : -1);
    return items.at(next % items.length)?.focus();
  }
  if (find("dialog[open]") || find("[popover]:popover-open")) return;
  if (key === "Escape") return escape(target);
  if (root.dataset.keys === "off" || target.matches(FIELDS) || key === "Enter") return;
  shortcut(key, event.shiftKey);
});

// ---- popovers where CSS cannot place them: under their button, on its start side or its end side ----

on("toggle", (event) => {
  const popover = event.target;
  if (event.newState !== "open" || !popover.matches?.("[popover]")) return;
  if (!CSS.supports("position-area: block-end")) {
    const button = find(`[popovertarget="${popover.id}"]`).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = popover;
    const alignsEnd = popover.classList.contains("at-end") !== (root.dir === "rtl");
    const x = alignsEnd ? button.right - width : button.left;
    const y = button.bottom + height + 8 < innerHeight ? button.bottom : Math.max(8, button.top - height - 12);
    popover.style.translate = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px ${y}px`;
    popover.style.inset = "0 auto auto 0";
  }
  if (popover.matches(".menu")) find("a, button", popover)?.focus({ preventScroll: true });
}, true);

// ---- around htmx: busy regions, focus after a swap, answers that are no answer ----

const isPolling = (element) => element.matches("[hx-trigger*=every], [hx-trigger*=load]");
let hadFocus = false;

on("htmx:beforeRequest", ({ detail }) => {
  if (!isPolling(detail.elt)) detail.target.setAttribute("aria-busy", "true");
});
on("htmx:afterRequest", ({ detail }) => {
  detail.target.removeAttribute("aria-busy");
  if (detail.successful) detail.elt.closest("[data-toast]")?.remove();
});
on("htmx:beforeSwap", ({ detail }) => { hadFocus = detail.target.contains(document.activeElement); });
on("htmx:afterSwap", ({ detail }) => {
  const dialog = detail.target.closest("dialog");
  if (!dialog || detail.target.id !== `${dialog.id}-body`) return;
  const opener = detail.requestConfig.elt;
  if (opener.matches("a, button")) find("h2", dialog).textContent = opener.dataset.title ?? opener.textContent.trim();
  openDialog(dialog);
});
on("htmx:afterSettle", ({ target, detail }) => {
  all("[data-selection]").forEach(showSelection);
  if (!target.matches || target === document.body) return;
  const startsAt = detail.xhr?.status === 422 && hadFocus ? "[data-focus], [aria-invalid=true]" : "[data-focus]";
  const wanted = target.matches(startsAt) ? target : find(startsAt, target);
  const isLost = hadFocus && (!document.activeElement || document.activeElement === document.body);
  (wanted ?? (isLost ? find("[tabindex='-1'], a, button", target) ?? find("#main") : null))?.focus();
});
on("htmx:sendError", () => showToast({ message: words().offline, kind: "bad" }));
on("htmx:responseError", ({ detail }) => {
  const says = detail.xhr.getResponseHeader("HX-Trigger") ?? "";
  if (detail.xhr.status === 401 && !says.includes("session:over")) location.reload();
  else if (!says) showToast({ message: words().broken, kind: "bad" });
});

// ---- leaving with unsaved changes: form[data-guard] ----

on("input", ({ target }) => { target.form?.matches("[data-guard]") && (target.form.dataset.changed = ""); });
on("submit", (event) => { if (!event.defaultPrevented) delete event.target.dataset.changed; });
on("htmx:beforeOnLoad", ({ detail }) => { if (detail.xhr.status < 300) delete detail.elt.closest("form")?.dataset.changed; });
addEventListener("beforeunload", (event) => { if (find("form[data-changed]")) event.preventDefault(); });

// A page that came back with something to fix starts there; a restored one shows its boxes as they are.
if (!find("main [autofocus]")) find("main [aria-invalid=true]")?.focus();
all("[data-selection]").forEach(showSelection);
