import { readFile } from "node:fs/promises";

import { expect } from "chai";

interface Variable {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}

/** Variables of a contract, and of the structs that they are made of, as its last build laid them out. */
async function layoutOf(name: string): Promise<Map<string, string>> {
  const source = `contracts/learning/${name}.sol`;
  const { buildInfoId } = JSON.parse(await readFile(`artifacts/${source}/${name}.json`, "utf8"));
  const { output } = JSON.parse(await readFile(`artifacts/build-info/${buildInfoId}.output.json`, "utf8"));
  const { storage, types } = output.contracts[`project/${source}`][name].storageLayout as {
    storage: Variable[];
    types: Record<string, { label: string; members?: Variable[] }>;
  };
  const place = (scope: string, { label, slot, offset, type }: Variable) =>
    [`${scope}.${label}`, `${slot}+${offset} ${types[type].label}`] as const;
  const structs = Object.values(types).filter(({ members }) => members !== undefined);
  return new Map([
    ...storage.map((variable) => place(name, variable)),
    ...structs.flatMap(({ label, members }) => members!.map((variable) => place(label, variable))),
  ]);
}

describe("storage that two contracts share", function () {
  // build information is large
  this.timeout(60_000);

  it("TSK-17 is laid out by LearningAnswers as by LearningTasks", async () => {
    const [answers, tasks] = await Promise.all([layoutOf("LearningAnswers"), layoutOf("LearningTasks")]);
    const shared = [...answers].map(([label, place]) => [label.replace("LearningAnswers.", "LearningTasks."), place]);
    expect(shared.map(([label]) => label)).to.include.members(["LearningTasks._tasks", "struct TaskState.head"]);
    for (const [label, place] of shared) expect(tasks.get(label), label).to.equal(place);
  });
});
