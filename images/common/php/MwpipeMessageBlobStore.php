<?php
use MediaWiki\ResourceLoader\MessageBlobStore;
use MediaWiki\ResourceLoader\Module;

/**
 * The messages that scripts get, which MediaWiki keeps in the shared cache for a week. It throws them away when it makes
 * its localisation cache anew, which nobody does with a baked one, and two releases that take turns would give each other
 * theirs. So each is kept by the baked file that it comes from.
 */
class MwpipeMessageBlobStore extends MessageBlobStore {
	private const MARK = '@';

	public function getBlobs( array $modules, $lang ) {
		return parent::getBlobs( $modules, $lang . self::MARK . MwpipeLocalisationStore::version( $lang ) );
	}

	protected function recacheMessageBlob( $cacheKey, Module $module, $lang ) {
		return parent::recacheMessageBlob( $cacheKey, $module, strstr( $lang, self::MARK, true ) );
	}
}
