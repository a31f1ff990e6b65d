// SPDX-FileCopyrightText: 2026 The poststelle authors
// SPDX-License-Identifier: EUPL-1.2
// Keys for the desk. Everything they do is a link, a field or a button of the page: without this file nothing is missing.
"use strict";

const OFF = "poststelle-tasten-aus";
const rows = [...document.querySelectorAll("a[data-row]")];
const dialog = document.getElementById("tasten");
let isChoosingOffice = false;

const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: for this page only */ } };
let areOff = stored(OFF) === "1";

for (const element of document.querySelectorAll("[data-needs-script]")) element.hidden = false;
for (const box of document.querySelectorAll("[data-keys-off]")) {
  box.checked = areOff;
  box.addEventListener("change", () => {
    areOff = box.checked;
    store(OFF, areOff ? "1" : "0");
  });
}
if (matchMedia("(max-width: 48rem)").matches) document.querySelector("details.lists")?.removeAttribute("open");
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

const isWriting = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const current = () => rows.indexOf(document.activeElement.closest("tr")?.querySelector("a[data-row]") ?? null);
const go = (step) => {
  const at = current();
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.focus();
  rows[next]?.closest("tr").scrollIntoView({ block: "nearest" });
};
const press = (key) => document.querySelector(`[data-key="${key}"]`)?.click();
const bulk = (value) => document.querySelector(`#auswahl button[value="${value}"]`);

const count = () => {
  const said = document.querySelector("[data-chosen]");
  const chosen = document.querySelectorAll("#auswahl input[name=wahl]:checked").length;
  if (said) said.textContent = chosen ? `${chosen} ausgewählt` : "";
};
document.getElementById("auswahl")?.addEventListener("change", count);
count();

const choose = () => {
  const box = rows[current()]?.closest("tr").querySelector("input[name=wahl]");
  if (!box) return;
  box.checked = !box.checked;
  count();
};

const actOnRow = (value) => {
  const boxes = document.querySelectorAll("#auswahl input[name=wahl]");
  if (![...boxes].some((box) => box.checked)) choose();
  if ([...boxes].some((box) => box.checked)) bulk(value)?.click();
};

const startOffice = () => {
  const field = document.querySelector("[data-office]") ?? document.getElementById("ziel");
  if (!field) return;
  isChoosingOffice = Boolean(document.querySelector("[data-suggestion]"));
  (document.querySelector("[data-suggestion]") ?? field).focus();
};

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: choose,
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => dialog?.showModal(),
  u: () => document.querySelector("[data-back]")?.click(),
  o: startOffice,
  m: () => (rows.length ? actOnRow("uebernehmen") : press("m")),
  e: () => (rows.length ? actOnRow("erledigt") : press("e")),
  f: () => document.querySelector('[data-key="f"]')?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (areOff || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || dialog?.open) return;
  if (isWriting(event.target)) {
    if (event.key === "Enter" && event.target.matches("[data-office]") && event.target.value) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    return;
  }
  if (isChoosingOffice && /^[1-5]$/.test(event.key)) {
    const suggestion = document.querySelector(`[data-suggestion="${event.key}"]`);
    if (suggestion) { event.preventDefault(); suggestion.click(); }
    return;
  }
  isChoosingOffice = false;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.querySelector("a[data-keys]")?.addEventListener("click", (event) => {
  if (!dialog || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  dialog.showModal();
});

// The way back leads to the list as it was filtered.
const LIST = "poststelle-liste";
if (rows.length && document.getElementById("auswahl")) {
  try { sessionStorage.setItem(LIST, location.pathname + location.search); } catch { /* the plain list then */ }
}
const back = document.querySelector("[data-back]");
if (back) {
  try { back.href = sessionStorage.getItem(LIST) ?? back.href; } catch { /* the plain list then */ }
}
