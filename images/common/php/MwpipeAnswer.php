<?php
/** What goes to stdout, a line of JSON each, and how values are written: as JSON texts, so that equal means equal. */
class MwpipeAnswer {
	private const FLAGS = JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION |
		JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE;

	public static function line( array $answer ): void {
		fwrite( STDOUT, self::json( $answer ) . "\n" );
	}

	public static function json( mixed $value ): string {
		return (string)json_encode( $value, self::FLAGS );
	}

	/** @return array{level:string,message:string,file:string,line:int} */
	public static function mistake( string $level, string $message, string $file = '', int $line = 0 ): array {
		return [ 'level' => $level, 'message' => mb_strcut( $message, 0, 1000 ), 'file' => $file, 'line' => $line ];
	}
}
