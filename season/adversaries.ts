import { aggregate, cidFromBytes, tensorFromBytes, type Aggregation } from "@artel/sdk/learning";
import { tasks, type Update } from "@artel/node";

const { Aggregator, aggregationInputs, Auditor, Client } = tasks;

/**
 * A client without work of its own: it sends in again, value for value, the update that the first client revealed in
 * the last round. In the first round there is nothing to copy yet.
 */
export class CopyingClient extends Client {
  protected override async train({ round }: tasks.TaskState): Promise<Update | undefined> {
    const { view } = this.context;
    const [victim] = await view.updates(round - 1n);
    if (victim === undefined) return undefined;
    const { parameterCount } = await view.trainer();
    const delta = tensorFromBytes(await view.content.get(cidFromBytes(victim.cid)), parameterCount);
    return { delta, samples: Number(victim.samples) };
  }
}

/** An auditor that takes a seat and never scores anybody. */
export class SilentAuditor extends Auditor {
  protected override async produce(): Promise<undefined> {}
}

/** An aggregator that leaves out the first update that belongs in. */
export class LyingAggregator extends Aggregator {
  protected override async aggregate(state: tasks.TaskState): Promise<Aggregation | undefined> {
    const inputs = await aggregationInputs(this.context.view, state);
    return inputs && aggregate({ ...inputs, updates: inputs.updates.slice(1) });
  }
}
