// SPDX-FileCopyrightText: 2026 The poststelle authors
// SPDX-License-Identifier: EUPL-1.2
// The check works without this script; it only lets files be dropped anywhere on the field and says that work goes on.
"use strict";
const form = document.querySelector("form.check");
const drop = document.querySelector(".drop");
const input = document.querySelector("#datei");
const result = document.querySelector("#ergebnis");
if (result) result.focus();
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
}
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length > 0) input.files = event.dataTransfer.files;
});
form.addEventListener("submit", () => {
  form.querySelector(".busy").textContent = form.dataset.busy;
  form.querySelector("button").setAttribute("aria-disabled", "true");
});
window.addEventListener("pageshow", () => {
  form.querySelector(".busy").textContent = "";
  form.querySelector("button").removeAttribute("aria-disabled");
});
