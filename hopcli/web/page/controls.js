// The settings of the network as a form.

const DEGREES = [2, 30];
// Temperatures are laid out by the square of the slider's place: small ones tell more.
const HOTTEST = 10;

export class Controls {
  // `changed()` is called when a setting has changed, `heated()` when only the temperature has.
  constructor(memory, changed, heated) {
    this.memory = memory;
    this.fields = {};
    for (const name of ["energy", "degree", "beta", "update", "order", "temperature", "clamp", "label", "seed"]) {
      this.fields[name] = document.getElementById(name);
    }
    const { energy, label, temperature } = this.fields;
    const rule = memory.rule ? `classical, learned: ${memory.rule}` : "classical, x²";
    const spoken = { classical: rule, poly: "poly, xⁿ", exp: "exp", lse: "log-sum-exp" };
    for (const name of memory.energies) energy.append(new Option(spoken[name], name));
    energy.value = memory.energies.at(-1);
    memory.labelNames.forEach((name, place) => label.append(new Option(name, place)));
    this.form = document.getElementById("settings");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      this.suit();
      if (event.target === temperature) heated();
      else if (this.#isFine()) changed();
    });
    this.suit();
  }

  get temperature() {
    const { temperature } = this.fields;
    return temperature.disabled || temperature.closest("label").hidden ? 0 : HOTTEST * (temperature.value / 100) ** 2;
  }

  get settings() {
    const { energy, degree, beta, update, order, clamp, label, seed } = this.fields;
    const given = Number(beta.value);
    return {
      energy: energy.value,
      degree: whole(degree.value, ...DEGREES, 3),
      beta: beta.value.trim() !== "" && Number.isFinite(given) && given > 0 ? given : null,
      update: update.value,
      order: order.value,
      clamp: clamp.closest("label").hidden ? "nothing" : clamp.value,
      label: label.value === "" ? 0 : Number(label.value),
      seed: whole(seed.value, 0, 2 ** 53 - 1, 0),
    };
  }

  // Takes over what fits of settings from elsewhere.
  take(given, temperature) {
    const { fields } = this;
    for (const name of ["energy", "update", "order", "clamp", "label"]) {
      const value = String(given?.[name]);
      if ([...fields[name].options].some((option) => option.value === value)) fields[name].value = value;
    }
    fields.degree.value = whole(given?.degree, ...DEGREES, 3);
    fields.seed.value = whole(given?.seed, 0, 2 ** 53 - 1, 0);
    fields.beta.value = typeof given?.beta === "number" && given.beta > 0 ? String(given.beta) : "";
    const heat = typeof temperature === "number" && temperature > 0 ? Math.min(temperature, HOTTEST) : 0;
    fields.temperature.value = Math.round(100 * Math.sqrt(heat / HOTTEST));
    this.suit();
  }

  // Hides what this memory never has, and disables what has no effect now, so that nothing moves.
  // Degree and sharpness take turns in one place.
  suit() {
    const { fields, memory } = this;
    const { energy, update, clamp, temperature, beta } = fields;
    const binary = memory.mode === "binary";
    const labelled = memory.betas.picture !== null;
    const recalls = !labelled || clamp.value === "nothing";
    const has = { energy: binary, update: binary, order: binary, temperature: binary && memory.temperatures };
    const signs = binary && recalls;
    const acts = {
      energy: signs,
      beta: !signs || energy.value === "exp",
      update: signs,
      order: signs && update.value === "async",
      temperature: signs && update.value === "async",
      label: !recalls && clamp.value === "label",
    };
    const degrees = signs && energy.value === "poly";
    Object.assign(has, { clamp: labelled, label: labelled, degree: degrees, beta: !degrees });
    for (const [name, field] of Object.entries(fields)) {
      field.closest("label").hidden = !(has[name] ?? true);
      field.disabled = !(acts[name] ?? true);
    }
    const auto = memory.betas[recalls ? "recall" : clamp.value];
    beta.placeholder = !acts.beta ? "" : auto ? `auto: ${Number(auto.toPrecision(3))}` : "auto";
    document.getElementById("temperature-said").textContent = this.temperature.toFixed(2);
    temperature.setAttribute("aria-valuetext", this.temperature.toFixed(2));
  }

  #isFine() {
    const { beta, degree, seed } = this.fields;
    const value = beta.value.trim();
    const fine = value === "" || (Number.isFinite(Number(value)) && Number(value) > 0);
    beta.setAttribute("aria-invalid", String(!fine));
    return fine && degree.validity.valid && seed.validity.valid;
  }
}

function whole(value, low, high, otherwise) {
  const number = Number(value);
  return Number.isInteger(number) && number >= low && number <= high ? number : otherwise;
}
