import {
  innerHash,
  levelSizes,
  modelOfFile,
  nodesOfFile,
  cidOfTaskContent,
  type Aggregation,
  type AggregationInputs,
  type FiledNode,
  type PostedAnswer,
  type TreeNode,
  type TreeUpdate,
  tensorFromBytes,
} from "@artel/sdk/learning";

import { UpdateUnavailableError } from "../errors.js";
import { readerOf, type ReaderContext } from "./sealing.js";
import type { AnswerRecord, TaskState, TaskView } from "./taskView.js";

/**
 * Everything that the running round's answer follows from; undefined if no panel was scored. Final once Settle is over.
 *
 * @param context - of who computes it; sealed updates are for aggregators
 * @throws UpdateUnavailableError when an update that belongs into the aggregate can't be had
 */
export async function aggregationInputs(
  context: ReaderContext,
  state: TaskState,
): Promise<AggregationInputs | undefined> {
  const { view } = context;
  const { round, modelRoot, previousRoot } = state;
  const included = await view.included(state);
  if (included === undefined) return undefined;
  const [records, read, order, rules, model, previous, { aggregation }] = await Promise.all([
    view.updates(round),
    readerOf(context, round),
    view.cellOrder(),
    view.rules(),
    view.model(modelRoot),
    view.model(previousRoot),
    view.terms(),
  ]);
  const updates = await Promise.all(
    records
      .filter(({ id }) => included.has(id))
      .map(async (record): Promise<TreeUpdate> => {
        const { id, client: account, samples, norm } = record;
        // whether it is a copy, weighs nothing or was not wrapped for everybody was the auditors' to say
        const outcome = await read(record);
        if ("problem" in outcome) throw new UpdateUnavailableError(account, round, outcome.problem);
        return { id, account, samples, norm, inner: innerHash(record), delta: outcome.delta };
      }),
  );
  return { order, updates, rules, model, previous, momentum: Number(aggregation.momentum) };
}

/**
 * What is published of somebody's answer; undefined if its file can't be had or has another layout. Tensors that can't be
 * had are left out.
 *
 * @param own - what is right: tensors with the same roots need not be fetched
 */
export async function postedAnswer(
  view: TaskView,
  { seat, answer }: AnswerRecord,
  { order, rules }: AggregationInputs,
  own: Aggregation,
): Promise<PostedAnswer | undefined> {
  const file = await fetched(() => view.content.get(cidOfTaskContent(answer.model)));
  if (file === undefined) return undefined;
  const { parameters } = rules;
  let nodes: FiledNode[][];
  try {
    nodes = nodesOfFile(file, parameters, levelSizes(order.length, rules));
  } catch {
    return undefined;
  }
  const withTensor = async ({ cid, ...node }: FiledNode, right: TreeNode): Promise<TreeNode<number | bigint>> => {
    if (node.root === right.root) return { ...node, tensor: right.tensor };
    const bytes = cid && (await fetched(() => view.content.get(cid)));
    // of a length that no tensor has: as good as withheld
    if (bytes === undefined || bytes.length % 4 !== 0) return node;
    return { ...node, tensor: tensorFromBytes(bytes, bytes.length / 4) };
  };
  const tree = await Promise.all(
    nodes.map((level, i) => Promise.all(level.map((node, j) => withTensor(node, own.tree[i][j])))),
  );
  return { seat, answer, tree, model: modelOfFile(file, parameters) };
}

/** Content that others were to publish, if it is there and sound. */
async function fetched(get: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await get();
  } catch {
    return undefined;
  }
}
