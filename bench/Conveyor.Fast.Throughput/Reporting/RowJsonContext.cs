using System.Text.Json.Serialization;
using Conveyor.Fast.Throughput.Measuring;

namespace Conveyor.Fast.Throughput.Reporting;

/// <summary>How rows are written as JSON.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<Row>))]
internal sealed partial class RowJsonContext : JsonSerializerContext;
