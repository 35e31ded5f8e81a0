using System.Text.Json.Serialization;

namespace RabbitBridge.Benchmarks.Control;

/// <summary>What the bench tells a worker process, one JSON line each. Its first command makes it what it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(AnswerFilters), "answer-filters")]
[JsonDerivedType(typeof(AnswerInGateway), "answer-in-gateway")]
[JsonDerivedType(typeof(AnswerRaw), "answer-raw")]
[JsonDerivedType(typeof(CallByFilter), "call-by-filter")]
[JsonDerivedType(typeof(CallByPath), "call-by-path")]
[JsonDerivedType(typeof(CallBySession), "call-by-session")]
[JsonDerivedType(typeof(CallLocally), "call-locally")]
[JsonDerivedType(typeof(CallRaw), "call-raw")]
[JsonDerivedType(typeof(CallRawBatch), "call-raw-batch")]
[JsonDerivedType(typeof(CallUnhandled), "call-unhandled")]
[JsonDerivedType(typeof(PingRaw), "ping-raw")]
[JsonDerivedType(typeof(Measure), "measure")]
internal abstract record WorkerCommand;
