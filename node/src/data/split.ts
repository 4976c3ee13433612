import type { Random } from "@artel/sdk/learning";
import { SplitError } from "../errors.js";
import { exp, log } from "../math.js";

/** Draws of a Dirichlet split before it is given up. */
const MAX_DRAWS = 1000;

/**
 * Divides examples among clients non-IID: each class goes out in proportions drawn from a symmetric Dirichlet
 * distribution, the more uneven the smaller `alpha`.
 *
 * @param labels - class of each example
 * @param alpha - concentration, above 0; 0.5 is markedly uneven, 100 nearly even
 * @param minimum - examples every client must get; draws are repeated until they do
 * @returns for each client the indices of its examples; together they are all examples, each once
 * @throws SplitError when no draw gives everyone the minimum
 */
export function dirichletSplit(
  labels: Uint8Array,
  clients: number,
  alpha: number,
  minimum: number,
  random: Random,
): Uint32Array[] {
  if (!(alpha > 0)) throw new SplitError(alpha, "alpha is not above 0");
  checkParts(clients, labels.length);
  const classes = byClass(labels);
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const parts: number[][] = Array.from({ length: clients }, () => []);
    for (const ids of classes) {
      random.shuffle(ids);
      const shares = Array.from({ length: clients }, () => gamma(alpha, random));
      const total = shares.reduce((sum, share) => sum + share, 0);
      let sum = 0;
      let first = 0;
      shares.forEach((share, k) => {
        sum += share;
        const last = k === clients - 1 ? ids.length : Math.floor((sum / total) * ids.length);
        for (let i = first; i < last; i++) parts[k].push(ids[i]);
        first = last;
      });
    }
    if (parts.every((part) => part.length >= minimum)) return parts.map((part) => Uint32Array.from(part));
  }
  throw new SplitError(clients, `no draw gave ${clients} clients ${minimum} examples each`);
}

/**
 * Divides examples among clients by shards: sorted by class, cut into equal shards, a few dealt to each client. With
 * two shards a client sees about two classes. A remainder smaller than one shard each is left out.
 *
 * @returns for each client the indices of its examples, disjoint
 * @throws SplitError when there are fewer examples than shards
 */
export function shardSplit(labels: Uint8Array, clients: number, shardsEach: number, random: Random): Uint32Array[] {
  const shards = clients * shardsEach;
  checkParts(shards, labels.length);
  const sorted = byClass(labels).flat();
  const size = Math.floor(sorted.length / shards);
  const deal = random.shuffle(Array.from({ length: shards }, (_, shard) => shard));
  return Array.from({ length: clients }, (_, k) =>
    Uint32Array.from(
      deal
        .slice(k * shardsEach, (k + 1) * shardsEach)
        .flatMap((shard) => sorted.slice(shard * size, (shard + 1) * size)),
    ),
  );
}

/**
 * Draws disjoint, evenly mixed samples, for instance the private test data of auditors.
 *
 * @param examples - number of examples to draw from
 * @param sizes - size of each sample
 * @returns for each sample the indices of its examples
 * @throws SplitError when there are not enough examples
 */
export function iidSplit(examples: number, sizes: readonly number[], random: Random): Uint32Array[] {
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  if (wanted > examples) throw new SplitError(wanted, `${wanted} examples wanted of ${examples}`);
  const ids = random.shuffle(Uint32Array.from({ length: examples }, (_, i) => i));
  let first = 0;
  return sizes.map((size) => ids.slice(first, (first += size)));
}

function checkParts(parts: number, examples: number): void {
  if (!Number.isInteger(parts) || parts < 1 || parts > examples)
    throw new SplitError(parts, `${parts} parts of ${examples} examples`);
}

function byClass(labels: Uint8Array): number[][] {
  const classes: number[][] = [];
  labels.forEach((label, i) => (classes[label] ??= []).push(i));
  return classes.filter(Boolean);
}

/** Gamma variate of scale 1 (Marsaglia and Tsang 2000). */
function gamma(shape: number, random: Random): number {
  // a variate of shape + 1, scaled down, serves shapes below one
  if (shape < 1) return gamma(shape + 1, random) * exp(log(positive(random)) / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(positive(random)) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
  }
}

/** Standard normal variate (Marsaglia's polar method). */
function normal(random: Random): number {
  for (;;) {
    const u = 2 * random.next() - 1;
    const v = 2 * random.next() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
  }
}

/** Uniform number in (0, 1). */
function positive(random: Random): number {
  for (;;) {
    const u = random.next();
    if (u > 0) return u;
  }
}
