import { DataType, invalidData, kindOf } from './data-type.js';
import { checkWellFormed, fromUtf8, toUtf8 } from './text.js';

const RECORD_END = '\u0001';
const FIELD_END = '\u0002';

/** Records of text fields. */
export class RecordV2 {
    /** The records, each a list of fields. */
    readonly records: readonly (readonly string[])[];

    /**
     * @param records the records, each a list of fields
     * @throws RabbitBridgeError INVALID_DATA if a field is no text, or holds U+0001 or U+0002, which end records and fields on the wire
     */
    constructor(records: readonly (readonly string[])[]) {
        if (!Array.isArray(records) || !records.every(fields => Array.isArray(fields) && fields.every(isField)))
            throw invalidData('Records are lists of lists of text without U+0001 and U+0002, which end records and fields on the wire.');
        this.records = records.map(fields => [...fields]);
    }
}

/** @internal */
export class RecordV2DataType extends DataType<RecordV2, RecordV2 | readonly (readonly string[])[]> {
    readonly name = 'record_v2';
    readonly contentType = 'application/vnd.rabbitbridge.record-v2';

    write(value: unknown): Uint8Array {
        if (!(value instanceof RecordV2) && !Array.isArray(value))
            throw invalidData(`A value of type record_v2 is a RecordV2 or a list of lists of text, not ${kindOf(value)}.`);
        const { records } = value instanceof RecordV2 ? value : new RecordV2(value);
        records.forEach((fields, record) => fields.forEach((field, index) => checkWellFormed(field, `Field ${index} of record ${record}`)));
        return toUtf8(records.map(fields => fields.map(field => field + FIELD_END).join('') + RECORD_END).join(''));
    }

    read(_contentType: string, bytes: Uint8Array): RecordV2 {
        return new RecordV2(parts(fromUtf8(bytes), RECORD_END).map(record => parts(record, FIELD_END)));
    }
}

function isField(field: unknown): boolean {
    return typeof field === 'string' && !field.includes(RECORD_END) && !field.includes(FIELD_END);
}

function parts(text: string, end: string): string[] {
    const all = text.split(end);
    if (all.pop() !== '')
        throw invalidData('The bytes are not record_v2: the last record or field has no end.');
    return all;
}
