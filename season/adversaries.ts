import { aggregate, type Aggregation } from "@artel/sdk/learning";
import { aggregationInputs, Aggregator, Auditor, Client, type TaskState, type Update } from "@artel/node";

/** As many examples as the copying client says that it has. */
const CLAIMED = 5_000;

/**
 * A client without work of its own. It can't read what others seal, so it sends in again, value for value, the last step of the
 * global model, which they made together. In the first round there is nothing to copy yet.
 */
export class CopyingClient extends Client {
  protected override async train({ modelRoot }: TaskState): Promise<Update | undefined> {
    const delta = await this.context.view.lastStep(modelRoot);
    return delta && { delta, samples: CLAIMED };
  }
}

/** An auditor that takes a seat and never scores anybody. */
export class SilentAuditor extends Auditor {
  protected override async produce(): Promise<undefined> {}
}

/** An aggregator that leaves out the first update that belongs in. */
export class LyingAggregator extends Aggregator {
  protected override async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const inputs = await aggregationInputs(this.context, state);
    return inputs && aggregate({ ...inputs, updates: inputs.updates.slice(1) });
  }
}
