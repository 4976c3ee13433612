import type { GraphNode } from "../localnet/index.js";

const PAGE = 1000;

interface Collection {
  readonly name: string;
  readonly type: string;
}

/** Number of entities of every type in the index; the types are read from the index itself. */
export async function countEntities(index: GraphNode): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, type } of await collections(index)) {
    let count = 0;
    for (let after = "0x"; ;) {
      const query = `{ ${name}(first: ${PAGE}, orderBy: id, where: { id_gt: "${after}" }) { id } }`;
      const page = (await index.query<Record<string, { id: string }[]>>(query))[name];
      count += page.length;
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
    counts[type] = count;
  }
  return counts;
}

/** What the index says each account was paid in a task, by lower-case address. */
export async function payoutsInIndex(index: GraphNode, taskId: bigint): Promise<Map<string, bigint>> {
  const query = `query ($number: BigInt!) {
    learningTasks(where: { number: $number }) { participants(first: ${PAGE}) { account { id } claimed } }
  }`;
  const { learningTasks } = await index.query<{
    learningTasks: { participants: { account: { id: string }; claimed: string }[] }[];
  }>(query, { number: taskId.toString() });
  const participants = learningTasks[0]?.participants ?? [];
  return new Map(participants.map(({ account, claimed }) => [account.id, BigInt(claimed)]));
}

/** The query fields that list entities, with the type they list. */
async function collections(index: GraphNode): Promise<Collection[]> {
  const type = "{ kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
  const { __schema } = await index.query<{ __schema: { queryType: { fields: { name: string; type: TypeRef }[] } } }>(
    `{ __schema { queryType { fields { name type ${type} } } } }`,
  );
  return __schema.queryType.fields.flatMap(({ name, type: listed }) => {
    const chain = [...unwrap(listed)];
    const lists = !name.startsWith("_") && chain.some(({ kind }) => kind === "LIST");
    return lists ? [{ name, type: chain.at(-1)!.name! }] : [];
  });
}

interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType?: TypeRef | null;
}

function* unwrap(type: TypeRef): Generator<TypeRef> {
  for (let inner: TypeRef | null | undefined = type; inner; inner = inner.ofType) yield inner;
}
