// `assay/testing`: contract suites and fakes, for adapters that live outside this package.
export { fakeChatModel } from "./fake-chat-model.ts";
export { fakeEmbedder } from "./fake-embedder.ts";
export { describeIndexContract } from "./index-contract.ts";
export { memoryIndex } from "./memory-index.ts";
export { modelWireServer } from "./model-wire-server.ts";
