// The settings of the network as a form.

// Temperatures grow with the square of the slider's position, which resolves small ones better.
const HOTTEST = 10;
// Largest values that the page offers: powers of a higher degree have too many digits for its speed.
const LARGEST = { degree: 30 };

export class Controls {
  // `changed()` is called when a setting has changed, `heated()` when only the temperature has.
  constructor(memory, changed, heated) {
    this.memory = memory;
    this.fields = {};
    for (const name of ["energy", "similarity", "beta", "update", "order", "temperature", "clamp", "label", "seed"]) {
      this.fields[name] = document.getElementById(name);
    }
    const { energy, similarity, label, temperature } = this.fields;
    this.#addParameters();
    for (const { name, summary, form } of memory.energies) {
      const learned = form.family === "classical" && memory.rule !== null;
      // The formula of a summary such as "a power, F(x) = xⁿ (Krotov and Hopfield 2016)", else all
      // but the source.
      const words = summary.replace(/ \([^()]*\)$/, "").replace(/^.*F\(x\) = /, "");
      const option = new Option(learned ? `${name}, learned: ${memory.rule}` : `${name}, ${words}`, name);
      option.title = summary;
      energy.append(option);
    }
    energy.value = memory.energy;
    for (const { name, form } of memory.similarities) {
      const option = new Option(form === null ? `${name} (not in the page)` : name, name);
      option.disabled = form === null;
      similarity.append(option);
    }
    similarity.value = memory.similarities.find(({ form }) => form !== null)?.name ?? "";
    memory.labelNames.forEach((name, index) => label.append(new Option(name, index)));
    this.form = document.getElementById("settings");
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      this.update();
      if (event.target === temperature) heated();
      else if (this.#isValid()) changed();
    });
    this.update();
  }

  // Adds a field for each parameter of an energy but β, which has one in every page.
  #addParameters() {
    this.parameters = new Map();
    for (const { parameters } of this.memory.energies) {
      for (const parameter of parameters) {
        const { name, kind, low, high } = parameter;
        if (name === "beta" || this.parameters.has(name)) continue;
        this.parameters.set(name, parameter);
        const field = document.createElement("input");
        field.id = name;
        field.type = "number";
        field.step = kind === "int" ? 1 : "any";
        field.min = low ?? "";
        field.max = Math.min(high ?? Infinity, LARGEST[name] ?? Infinity);
        field.value = parameter.default;
        const label = document.createElement("label");
        const text = document.createElement("span");
        text.textContent = name[0].toUpperCase() + name.slice(1);
        label.htmlFor = name;
        label.append(text, field);
        this.fields.beta.closest("label").before(label);
        this.fields[name] = field;
      }
    }
  }

  get energy() {
    return this.memory.energies.find(({ name }) => name === this.fields.energy.value);
  }

  get temperature() {
    const { temperature } = this.fields;
    return temperature.disabled || temperature.closest("label").hidden ? 0 : HOTTEST * (temperature.value / 100) ** 2;
  }

  get settings() {
    const { energy, similarity, beta, update, order, clamp, label, seed } = this.fields;
    const given = Number(beta.value);
    const settings = {
      energy: energy.value,
      beta: beta.value.trim() !== "" && Number.isFinite(given) && given > 0 ? given : null,
      similarity: similarity.value,
      update: update.value,
      order: order.value,
      clamp: clamp.closest("label").hidden ? "nothing" : clamp.value,
      label: label.value === "" ? 0 : Number(label.value),
      seed: whole(seed.value, 0),
    };
    for (const [name, parameter] of this.parameters) {
      const field = this.fields[name];
      settings[name] = field.value !== "" && field.validity.valid ? Number(field.value) : parameter.default;
    }
    return settings;
  }

  // Takes over valid settings from elsewhere.
  take(given, temperature) {
    const { fields } = this;
    for (const name of ["energy", "similarity", "update", "order", "clamp", "label"]) {
      const value = String(given?.[name]);
      if ([...fields[name].options].some((option) => option.value === value && !option.disabled)) {
        fields[name].value = value;
      }
    }
    for (const [name, parameter] of this.parameters) {
      fields[name].value = given?.[name] ?? parameter.default;
      if (fields[name].value === "" || !fields[name].validity.valid) fields[name].value = parameter.default;
    }
    fields.seed.value = whole(given?.seed, 0);
    fields.beta.value = typeof given?.beta === "number" && given.beta > 0 ? String(given.beta) : "";
    const heat = typeof temperature === "number" && temperature > 0 ? Math.min(temperature, HOTTEST) : 0;
    fields.temperature.value = Math.round(100 * Math.sqrt(heat / HOTTEST));
    this.update();
  }

  // Hides fields that this memory never uses, and disables those that have no effect now, so that
  // the layout stays. Parameters of the energy are shown one at a time, β where it has no other.
  update() {
    const { fields, memory } = this;
    const { update, clamp, temperature, beta } = fields;
    const binary = memory.mode === "binary";
    const labelled = memory.betas.picture !== null;
    const recalls = !labelled || clamp.value === "nothing";
    const used = this.energy.parameters.map(({ name }) => name);
    const others = binary && recalls && used.some((name) => name !== "beta");
    const signs = binary && recalls;
    const present = {
      energy: binary, similarity: !binary, update: binary, order: binary, temperature: binary,
      clamp: labelled, label: labelled, beta: !others || used.includes("beta"),
    };
    const effective = {
      energy: signs,
      similarity: recalls,
      beta: !signs || used.includes("beta"),
      update: signs,
      order: signs && update.value === "async",
      temperature: signs && update.value === "async",
      label: !recalls && clamp.value === "label",
    };
    for (const name of this.parameters.keys()) present[name] = others && used.includes(name);
    for (const [name, field] of Object.entries(fields)) {
      field.closest("label").hidden = !(present[name] ?? true);
      field.disabled = !(effective[name] ?? true);
    }
    const auto = memory.betas[recalls ? "recall" : clamp.value];
    beta.placeholder = !effective.beta ? "" : auto ? `auto: ${Number(auto.toPrecision(3))}` : "auto";
    document.getElementById("temperature-said").textContent = this.temperature.toFixed(2);
    temperature.setAttribute("aria-valuetext", this.temperature.toFixed(2));
  }

  #isValid() {
    const { beta } = this.fields;
    const value = beta.value.trim();
    const valid = value === "" || (Number.isFinite(Number(value)) && Number(value) > 0);
    beta.setAttribute("aria-invalid", String(!valid));
    return valid && ["seed", ...this.parameters.keys()].every((name) => this.fields[name].validity.valid);
  }
}

function whole(value, otherwise) {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : otherwise;
}
