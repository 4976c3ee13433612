import { expect } from "chai";
import { createHash } from "node:crypto";
import { createRandom, type ModelSpec, type Recipe } from "@artel/sdk/learning";
import {
  coalitionLosses,
  createTrainer,
  ExamplesMismatchError,
  ModelShapeError,
  ParameterCountError,
  type Examples,
  type Trainer,
} from "@artel/node";

const models: ModelSpec[] = [
  { kind: "mlp", inputs: 144, hidden: 7, classes: 3 },
  { kind: "cnn", side: 12, kernel: 3, channels: [2, 3], classes: 3 },
];

/** Images of one bright stripe, whose place is the class, in some noise. */
function stripes(count: number, seed: string): Examples {
  const random = createRandom("stripes", seed);
  const labels = Uint8Array.from({ length: count }, () => random.below(3));
  const pixels = Uint8Array.from({ length: count * 144 }, (_, i) => {
    const row = Math.floor((i % 144) / 12);
    const bright = Math.floor(row / 4) === labels[Math.floor(i / 144)];
    return random.below(3) === 0 ? 0 : random.below(bright ? 256 : 90);
  });
  return { pixels, labels, features: 144, classes: 3 };
}

const fingerprint = (values: Float32Array) =>
  createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex")
    .slice(0, 16);

/** One step over one batch of all examples at rate 1: start minus end is the gradient. */
function gradientOf(
  trainer: Trainer,
  parameters: Float32Array,
  data: Examples,
  more: Partial<Recipe> = {},
): Float64Array {
  const recipe = { localEpochs: 1, batchSize: data.labels.length, learningRate: 1, momentum: 0, ...more };
  const end = trainer.train(parameters, data, recipe, "gradient");
  return Float64Array.from(parameters, (value, i) => value - end[i]);
}

/** Compares a gradient with differences of the loss at some parameters, in the output's biases and many coordinates. */
function expectGradient(trainer: Trainer, gradient: Float64Array, parameters: Float32Array, data: Examples): void {
  const random = createRandom("coordinates");
  let checked = 0;
  for (let n = 0; n < 150; n++) {
    const i = n < data.classes ? parameters.length - 1 - n : random.below(parameters.length);
    // a float32 step that is exactly representable around the parameter
    const slopes = [2 ** -10, 2 ** -12].map((step) => {
      const up = parameters.slice();
      const down = parameters.slice();
      up[i] += step;
      down[i] -= step;
      return (trainer.loss(up, data) - trainer.loss(down, data)) / (up[i] - down[i]);
    });
    // where both steps disagree a rectifier or a pool switches in between: no derivative to compare with
    if (Math.abs(slopes[0] - slopes[1]) > 1e-6) continue;
    checked++;
    expect(gradient[i], `parameter ${i}`).to.be.closeTo(slopes[1], 2e-6);
  }
  expect(checked).to.be.above(100);
}

for (const model of models) {
  describe(`${model.kind} trainer`, () => {
    const trainer = createTrainer(model);
    const data = stripes(24, "train");
    const recipe = { localEpochs: 3, batchSize: 8, learningRate: 0.2, momentum: 0.5 };

    it("descends along the gradient of its loss", () => {
      const parameters = trainer.initial("gradient");
      expectGradient(trainer, gradientOf(trainer, parameters, data), parameters, data);
    });

    it("STR-10 descends along the gradient of its loss, logits raised by the client's own labels", () => {
      const calibration = 0.75;
      // the last class is missing, the others are uneven
      const labels = data.labels.map((_, i) => (i % 4 === 0 ? 1 : 0));
      const skewed = { ...data, labels };
      const parameters = trainer.initial("calibrated");
      // the output biases come last, and what raises them raises the logits
      const raised = parameters.slice();
      [0.75, 0.25, 0].forEach((share, c) => {
        raised[raised.length - 3 + c] += Math.log(calibration * share + (1 - calibration) / 3);
      });
      const gradient = gradientOf(trainer, parameters, skewed, { calibration });
      expectGradient(trainer, gradient, raised, skewed);
      // the class that is missing is pushed down by less
      expect(gradient.at(-1)).to.be.below(gradientOf(trainer, parameters, skewed).at(-1)!);
    });

    it("STR-10 changes nothing for a client whose labels are even", () => {
      const even = { ...data, labels: data.labels.map((_, i) => i % 3) };
      const start = trainer.initial("even");
      const [calibrated, without] = [{ calibration: 0.75 }, {}].map((more) =>
        trainer.train(start, even, { ...recipe, ...more }, "even"),
      );
      calibrated.forEach((value, i) => expect(value).to.be.closeTo(without[i], 1e-6));
    });

    it("learns, and leaves its arguments alone", () => {
      const start = trainer.initial("learn");
      const before = fingerprint(start);
      const many = stripes(300, "learn");
      const end = trainer.train(start, many, { ...recipe, localEpochs: 6 }, "learn");
      expect(fingerprint(start)).to.equal(before);
      expect(trainer.loss(end, many)).to.be.below(trainer.loss(start, many) / 3);
      expect(trainer.accuracy(end, stripes(200, "test"))).to.be.above(0.95);
    });

    it("NOD-10 gives the same bits everywhere", () => {
      const trained = trainer.train(trainer.initial("pinned"), data, recipe, "pinned");
      expect(fingerprint(trained)).to.equal(model.kind === "mlp" ? "85f14e63da15c41b" : "e15b3a9e002ad309");
    });

    it("STR-10 NOD-10 gives the same bits everywhere when calibrated", () => {
      const trained = trainer.train(trainer.initial("pinned"), data, { ...recipe, calibration: 0.7 }, "pinned");
      expect(fingerprint(trained)).to.equal(model.kind === "mlp" ? "f4aa2fcf92c8f503" : "bdc8adc5b32c7d9e");
    });

    it("NOD-10 depends on every seed", () => {
      const start = trainer.initial("a");
      expect(fingerprint(trainer.initial("b"))).not.to.equal(fingerprint(start));
      const ends = ["x", "x", "y"].map((seed) => fingerprint(trainer.train(start, data, recipe, seed)));
      expect(ends[0]).to.equal(ends[1]);
      expect(ends[0]).not.to.equal(ends[2]);
    });

    it("evaluates all coalitions as it would evaluate each", () => {
      const base = trainer.initial("base");
      const deltas = [1, 2, 3].map((k) => trainer.initial(`delta ${k}`));
      const weights = [0.5, 0.3, 0.2];
      const losses = coalitionLosses(trainer, base, deltas, weights, data);
      expect(losses).to.have.length(8);
      for (let mask = 0; mask < 8; mask++) {
        const moved = base.map(
          (value, i) =>
            value + deltas.reduce((sum, delta, k) => sum + (mask & (1 << k) ? weights[k] * delta[i] : 0), 0),
        );
        expect(losses[mask]).to.be.closeTo(trainer.loss(moved, data), 1e-6);
      }
      expect(losses[0]).to.be.closeTo(trainer.loss(base, data), 1e-12);
    });

    it("refuses parameters and examples of another shape", () => {
      const parameters = trainer.initial("a");
      expect(() => trainer.loss(parameters.subarray(1), data)).to.throw(ParameterCountError);
      expect(() => trainer.train(new Float32Array(0), data, recipe, "")).to.throw(ParameterCountError);
      const none = { ...data, pixels: new Uint8Array(0), labels: new Uint8Array(0) };
      expect(() => trainer.accuracy(parameters, none)).to.throw(ExamplesMismatchError);
      expect(() => trainer.train(parameters, { ...data, features: 143 }, recipe, "")).to.throw(ExamplesMismatchError);
      expect(() => trainer.loss(parameters, { ...data, classes: 4 })).to.throw(ExamplesMismatchError);
    });
  });
}

it("enumerates eight players over 1,000 images of MNIST's size in well under 1.5 s", () => {
  const trainer = createTrainer({ kind: "mlp", inputs: 784, hidden: 32, classes: 10 });
  const random = createRandom("speed");
  const data = {
    pixels: Uint8Array.from({ length: 784_000 }, () => (random.below(5) === 0 ? random.below(256) : 0)),
    labels: Uint8Array.from({ length: 1000 }, () => random.below(10)),
    features: 784,
    classes: 10,
  };
  const deltas = Array.from({ length: 8 }, (_, k) => trainer.initial(`${k}`));
  const started = process.cpuUsage();
  coalitionLosses(trainer, trainer.initial("base"), deltas, new Array(8).fill(1 / 8), data);
  expect(process.cpuUsage(started).user / 1e6).to.be.below(1.5);
});

it("refuses a convolution that leaves no plane", () => {
  const model: ModelSpec = { kind: "cnn", side: 9, kernel: 5, channels: [2, 2], classes: 3 };
  expect(() => createTrainer(model)).to.throw(ModelShapeError);
});
