// The memories as thumbnails; one that is chosen becomes the picture.
import { counted } from "./numbers.js";

export class Gallery {
  // `chosen(index)` is called with the index of a pattern.
  constructor(memory, patterns, chosen) {
    const listed = memory.listed.length;
    const all = listed === memory.patterns ? "" : ` of ${memory.patterns.toLocaleString("en")}`;
    document.getElementById("how-many").textContent = `${listed.toLocaleString("en")}${all}`;
    this.buttons = new Map();
    this.current = null;
    const list = document.getElementById("gallery");
    memory.listed.forEach(({ index, name, label }, position) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.title = name;
      button.dataset.index = index;
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      patterns.drawThumbnail(canvas, position);
      button.append(canvas, spanOf("name", name.slice(name.lastIndexOf("/") + 1)));
      if (memory.labelNames.length) {
        button.append(spanOf("label", label < 0 ? "" : memory.labelNames[label]));
      }
      button.addEventListener("click", () => chosen(index));
      item.append(button);
      list.append(item);
      this.buttons.set(index, button);
    });
    list.setAttribute("aria-label", `${counted(memory.patterns, "memory").replace("memorys", "memories")}`);
  }

  // Marks the pattern that the state is nearest to.
  mark(index) {
    if (index === this.current) return;
    this.buttons.get(this.current)?.removeAttribute("aria-current");
    this.buttons.get(index)?.setAttribute("aria-current", "true");
    this.current = index;
  }
}

function spanOf(kind, text) {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
}
