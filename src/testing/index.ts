// `assay/testing`: contract suites and fakes, for adapters that live outside this package.
export { fakeChatModel } from "./fake-chat-model.ts";
export { fakeEmbedder } from "./fake-embedder.ts";
export { fakeFireworks } from "./fine-tuning/fake-fireworks.ts";
export { fakeOpenAi } from "./fine-tuning/fake-openai.ts";
export { fakeTogether } from "./fine-tuning/fake-together.ts";
export { describeHostedTrainer } from "./fine-tuning/hosted-contract.ts";
export { describeIndexContract } from "./index-contract.ts";
export { memoryIndex } from "./memory-index.ts";
export { modelWireServer } from "./model-wire-server.ts";
