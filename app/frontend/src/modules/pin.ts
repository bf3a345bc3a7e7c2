/** The map weighs more than the page: it comes when the citizen asks for it. Until then the pin stays where it was. */
export function offerPin(element: HTMLElement): void {
  const tools = element.querySelector(".map__tools");
  if (!tools) return;
  const open = document.createElement("button");
  open.type = "button";
  open.className = "button button--secondary";
  open.textContent = element.dataset.open ?? "";
  open.addEventListener("click", () => {
    open.setAttribute("aria-busy", "true");
    void import("./pin-map").then((pin) => {
      open.remove();
      pin.placePin(element);
    });
  });
  tools.append(open);
}
