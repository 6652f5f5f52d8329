// Marks the page as scripted, so that GOV.UK's components may show their buttons.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
// Nothing of a child may lie in the browser's storage, not even an address: no script writes there.
Storage.prototype.setItem = function () {
  throw new DOMException("The portal keeps nothing in the browser.", "SecurityError");
};
